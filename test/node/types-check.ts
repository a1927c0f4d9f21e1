// Compiled by cli.test.cjs against the types that the Supabase CLI generates from the migrated database.

import { createClient } from '@supabase/supabase-js';
import type { CompositeTypes, Database, Tables } from './database';

const supabase = createClient<Database>('http://127.0.0.1', 'key');

export async function check(): Promise<CompositeTypes<'bot_session'>[]> {
  const started = await supabase.rpc('bot_session_start', { session_id: 'bot1' });
  if (started.error) throw started.error;
  const previous: string | null = started.data.previous_status;

  const touched = await supabase.rpc('bot_session_touch', { session_id: 'bot1', last_message: previous ?? '' });
  await supabase.rpc('bot_session_touch', { session_id: 'bot1', qr_data: '' });
  await supabase.rpc('bot_session_end', { session_id: 'bot1', reason: 'done' });
  const batch = await supabase.rpc('bot_session_touch_many', { sessions: [{ session_id: 'bot1', last_message: 'm' }] });
  const expired = await supabase.rpc('bot_session_expire', { idle: '1 hour', max_sessions: 10 });

  const held = await supabase.rpc('bot_session_start', { session_id: 'bot1', worker: 'w1', ttl: '60 seconds' });
  const fence: number | null | undefined = held.data?.fence;
  await supabase.rpc('bot_session_touch', { session_id: 'bot1', fence: fence ?? 0, heartbeat_interval: '1 minute' });
  await supabase.rpc('bot_session_end', { session_id: 'bot1', fence: fence ?? 0 });
  const claimed = await supabase.rpc('bot_session_claim', { worker: 'w1', max_sessions: 10, ttl: '60 seconds' });
  const leases: CompositeTypes<'bot_session_lease'>[] = claimed.data ?? [];
  const fences = Object.fromEntries(leases.map((lease) => [lease.session_id, lease.fence]));
  const renewed = await supabase.rpc('bot_session_renew', { fences, ttl: '60 seconds' });
  const released = await supabase.rpc('bot_session_release', { fences });
  leases.push(...(renewed.data ?? []), ...(released.data ?? []));
  const overview = await supabase.rpc('bot_session_overview', { stale_after: '5 minutes' }, { get: true });
  const state: string | undefined = overview.data?.[0]?.state;
  const lease: Pick<Tables<'bot_session_leases'>, 'session_id' | 'fence'> = { session_id: state ?? 'bot1', fence: 1 };

  const listed = await supabase.from('bot_sessions').select('session_id, status').eq('status', 'active');
  const id: string | undefined = listed.data?.[0]?.session_id;
  const insert: Database['public']['Tables']['bot_sessions']['Insert'] = { session_id: id ?? 'bot1' };
  await supabase.from('bot_sessions').insert(insert);
  const event: Pick<Tables<'bot_session_events'>, 'event_id' | 'event'> = { event_id: 1, event: 'created' };

  // @ts-expect-error: the argument has another name
  await supabase.rpc('bot_session_start', { sessionId: event.event });
  // @ts-expect-error: it is a string
  await supabase.rpc('bot_session_start', { session_id: lease.fence });
  // @ts-expect-error: it is a number
  await supabase.rpc('bot_session_touch', { session_id: 'bot1', fence: lease.session_id });
  // @ts-expect-error: a claim names its worker
  await supabase.rpc('bot_session_claim', {});
  // @ts-expect-error: there is no such function
  await supabase.rpc('bot_session_stop', { session_id: 'bot1' });
  // @ts-expect-error: the trigger functions cannot be called
  await supabase.rpc('bot_session_audit');
  // @ts-expect-error: there is no such column
  started.data.sessionId;
  // @ts-expect-error: the overview shows no secret
  overview.data?.[0]?.qr_data;
  // @ts-expect-error: a set is an array
  batch.data?.session_id;

  return [started.data, ...(touched.data ? [touched.data] : []), ...(batch.data ?? []), ...(expired.data ?? [])];
}
