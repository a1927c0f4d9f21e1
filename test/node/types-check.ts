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

  const listed = await supabase.from('bot_sessions').select('session_id, status').eq('status', 'active');
  const id: string | undefined = listed.data?.[0]?.session_id;
  const insert: Database['public']['Tables']['bot_sessions']['Insert'] = { session_id: id ?? 'bot1' };
  await supabase.from('bot_sessions').insert(insert);
  const event: Pick<Tables<'bot_session_events'>, 'event_id' | 'event'> = { event_id: 1, event: 'created' };

  // @ts-expect-error: the argument has another name
  await supabase.rpc('bot_session_start', { sessionId: event.event });
  // @ts-expect-error: it is a string
  await supabase.rpc('bot_session_start', { session_id: 1 });
  // @ts-expect-error: there is no such function
  await supabase.rpc('bot_session_stop', { session_id: 'bot1' });
  // @ts-expect-error: the trigger functions cannot be called
  await supabase.rpc('bot_session_audit');
  // @ts-expect-error: there is no such column
  started.data.sessionId;
  // @ts-expect-error: a set is an array
  batch.data?.session_id;

  return [started.data, ...(touched.data ? [touched.data] : []), ...(batch.data ?? []), ...(expired.data ?? [])];
}
