create type bot_kind as enum ('whatsapp', 'telegram', 'discord');
alter table bot_sessions add column kind bot_kind not null default 'whatsapp';
