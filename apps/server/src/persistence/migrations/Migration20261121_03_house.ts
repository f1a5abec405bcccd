import { Migration } from '@mikro-orm/migrations'
import { forceTenant } from './force-tenant.ts'

/** A tenant's house, stays and ledgers. Every table leads with the tenant and is closed to every other one. */
export class Migration20261121_03_house extends Migration {
  override name = 'Migration20261121_03_house'

  override up(): void {
    for (const statement of [...connections, ...house, ...stays, ...ledgers, ...access]) this.addSql(statement)
    for (const table of tenantTables) for (const statement of forceTenant(table)) this.addSql(statement)
  }
}

const tenantTables = [
  'tenant_setting',
  'connection',
  'connection_token',
  'property',
  'unit',
  'device',
  'door',
  'unit_door',
  'unit_source',
  'booking',
  'access_grant',
  'code',
  'pin_refusal',
  'foreign_code',
  'message',
  'reply',
  'timeline',
  'alert',
  'fetch_outcome',
  'api_key',
]

const connections = [
  `create table connection (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    adapter text not null,
    port text not null check (port in ('booking', 'lock', 'intercom', 'notifier')),
    name text not null,
    config_sealed text not null,
    config_version integer not null default 1,
    state text not null default 'active' check (state in ('active', 'paused')),
    account text,
    read_through timestamptz(3),
    swept_at timestamptz(3),
    last_inbound_at timestamptz(3),
    last_test_at timestamptz(3),
    last_test_ok boolean,
    last_test_note text,
    failing_since timestamptz(3),
    fence bigint not null default 0,
    probe_fence bigint not null default 0,
    created_at timestamptz(3) not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
  )`,
  // The tokens of a connection's webhook address, kept sealed so that the address can be shown again.
  `create table connection_token (
    tenant_id uuid not null,
    token_hash text not null,
    connection_id uuid not null,
    token_sealed text not null,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3),
    primary key (tenant_id, token_hash),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
  )`,
  `create index connection_token_connection on connection_token (tenant_id, connection_id)`,
  // The directory that says whose address a webhook came to, read before any tenant is known. Holds no secret.
  `create table connection_address (
    token_hash text primary key,
    tenant_id uuid not null,
    connection_id uuid not null,
    adapter text not null,
    expires_at timestamptz(3),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
  )`,
  `create index connection_address_connection on connection_address (tenant_id, connection_id)`,
  `create table tenant_setting (
    tenant_id uuid primary key references tenant (id),
    policy jsonb not null default '{}',
    templates jsonb not null default '{}',
    alarm_connection_id uuid,
    alarm_to_sealed text,
    retention_days integer not null default 90 check (retention_days > 0),
    alarm_fence bigint not null default 0,
    updated_at timestamptz(3) not null,
    foreign key (tenant_id, alarm_connection_id) references connection (tenant_id, id)
  )`,
]

const house = [
  `create table property (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    slug text not null,
    name text not null,
    zone text not null,
    check_in text not null,
    check_out text not null,
    earliest_check_in text,
    latest_check_out text,
    primary key (tenant_id, id),
    unique (tenant_id, slug)
  )`,
  `create table unit (
    tenant_id uuid not null,
    id uuid not null,
    property_id uuid not null,
    slug text not null,
    name text not null,
    primary key (tenant_id, id),
    unique (tenant_id, slug),
    foreign key (tenant_id, property_id) references property (tenant_id, id)
  )`,
  `create table unit_source (
    tenant_id uuid not null,
    connection_id uuid not null,
    source_ref text not null,
    unit_id uuid not null,
    primary key (tenant_id, connection_id, source_ref),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade,
    foreign key (tenant_id, unit_id) references unit (tenant_id, id) on delete cascade
  )`,
  `create index unit_source_unit on unit_source (tenant_id, unit_id)`,
  `create table device (
    tenant_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    vendor_id text not null,
    name text not null,
    read_at timestamptz(3),
    online boolean,
    last_seen timestamptz(3),
    battery_low boolean,
    battery_percent integer,
    failures integer not null default 0,
    foreign_fingerprint text,
    fence bigint not null default 0,
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, vendor_id),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id)
  )`,
  `create table door (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    slug text not null,
    name text not null,
    instruction jsonb not null default '{}',
    kind text not null check (kind in ('device', 'fixed-code', 'instruction')),
    device_id uuid,
    prefix_sealed text,
    fixed_code_sealed text,
    tell_at text not null default 'confirmed' check (tell_at in ('confirmed', 'accepted')),
    primary key (tenant_id, id),
    unique (tenant_id, slug),
    foreign key (tenant_id, device_id) references device (tenant_id, id),
    constraint door_entry check ((kind = 'device') = (device_id is not null) and (kind = 'fixed-code') = (fixed_code_sealed is not null))
  )`,
  `create index door_device on door (tenant_id, device_id)`,
  `create table unit_door (
    tenant_id uuid not null,
    unit_id uuid not null,
    position integer not null,
    door_id uuid not null,
    primary key (tenant_id, unit_id, position),
    unique (tenant_id, unit_id, door_id),
    foreign key (tenant_id, unit_id) references unit (tenant_id, id) on delete cascade,
    foreign key (tenant_id, door_id) references door (tenant_id, id)
  )`,
  `create index unit_door_door on unit_door (tenant_id, door_id)`,
]

const stays = [
  // Three fences: looks at the booking, at its messages, and at its source run beside each other.
  `create table booking (
    tenant_id uuid not null,
    id uuid not null,
    connection_id uuid not null,
    ref text not null,
    state text not null check (state in ('confirmed', 'cancelled', 'request', 'block')),
    unit_ref text,
    arrival date,
    departure date,
    check_in text,
    check_out text,
    guest_sealed text not null,
    channel text,
    changed_at timestamptz(3),
    facts_fingerprint text not null,
    version integer not null default 1,
    known_since timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    last_pin_sealed text,
    fence bigint not null default 0,
    message_fence bigint not null default 0,
    source_fence bigint not null default 0,
    primary key (tenant_id, id),
    unique (tenant_id, connection_id, ref),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id)
  )`,
  `create index booking_arrival on booking (tenant_id, arrival, id)`,
  `create index booking_stay on booking (tenant_id, connection_id, arrival) where state = 'confirmed'`,
  `create index booking_unit on booking (tenant_id, connection_id, unit_ref)`,
  `create table access_grant (
    tenant_id uuid not null,
    booking_id uuid not null,
    status text not null check (status in ('granted', 'ended', 'held')),
    end_cause text,
    reason_code text,
    reason_text text,
    reason_remedy text,
    unit_id uuid,
    window_from timestamptz(3),
    window_until timestamptz(3),
    path jsonb not null default '[]',
    booking_version integer,
    updated_at timestamptz(3) not null,
    primary key (tenant_id, booking_id),
    foreign key (tenant_id, booking_id) references booking (tenant_id, id) on delete cascade
  )`,
  `create table code (
    tenant_id uuid not null,
    id uuid not null,
    booking_id uuid not null,
    device_id uuid not null,
    mark text not null,
    label_sealed text not null,
    pin_sealed text,
    pin_fingerprint text not null,
    window_from timestamptz(3) not null,
    window_until timestamptz(3) not null,
    want text not null check (want in ('present', 'absent')),
    wanted_since timestamptz(3) not null,
    evidence text not null check (evidence in ('planned', 'sent', 'accepted', 'confirmed', 'used')),
    vendor_ref text,
    end_cause text,
    written_at timestamptz(3),
    pending_until timestamptz(3),
    proven_at timestamptz(3),
    refusal text,
    refusals integer not null default 0,
    revision integer not null default 1,
    gone_at timestamptz(3),
    created_at timestamptz(3) not null,
    primary key (tenant_id, id),
    unique (tenant_id, mark),
    foreign key (tenant_id, booking_id) references booking (tenant_id, id) on delete cascade,
    foreign key (tenant_id, device_id) references device (tenant_id, id),
    constraint code_pin_until_gone check (pin_sealed is not null or gone_at is not null)
  )`,
  `create index code_booking on code (tenant_id, booking_id)`,
  `create index code_device on code (tenant_id, device_id, gone_at)`,
  `create index code_pin_kept on code (tenant_id, gone_at) where gone_at is not null and pin_sealed is not null`,
  `create table pin_refusal (
    tenant_id uuid not null,
    device_id uuid not null,
    pin_fingerprint text not null,
    at timestamptz(3) not null,
    primary key (tenant_id, device_id, pin_fingerprint),
    foreign key (tenant_id, device_id) references device (tenant_id, id) on delete cascade
  )`,
  `create table foreign_code (
    tenant_id uuid not null,
    device_id uuid not null,
    vendor_ref text not null,
    kind text not null check (kind in ('foreign', 'ours-unknown')),
    label_sealed text not null,
    pin_fingerprint text,
    until timestamptz(3),
    seen_at timestamptz(3) not null,
    primary key (tenant_id, device_id, vendor_ref),
    foreign key (tenant_id, device_id) references device (tenant_id, id) on delete cascade
  )`,
]

const ledgers = [
  `create table message (
    tenant_id uuid not null,
    id text not null,
    booking_id uuid not null,
    nr integer not null,
    channel text not null,
    kind text not null check (kind in ('door-code', 'change', 'withdrawal')),
    to_sealed text not null,
    told_sealed text,
    version_sealed text,
    version_fingerprint text not null,
    text_sealed text,
    subject_sealed text,
    state text not null check (state in ('planned', 'claimed', 'accepted', 'refused', 'withdrawn', 'doubtful')),
    delivery text,
    vendor_ref text,
    claimed_at timestamptz(3),
    reason text,
    resends integer not null default 0,
    created_at timestamptz(3) not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, booking_id) references booking (tenant_id, id) on delete cascade
  )`,
  `create unique index message_intent on message (tenant_id, booking_id, channel, kind, version_fingerprint) where state <> 'withdrawn'`,
  `create index message_open on message (tenant_id, channel, claimed_at) where state in ('claimed', 'accepted')`,
  `create table reply (
    tenant_id uuid not null,
    id uuid not null,
    booking_id uuid not null,
    channel text not null,
    at timestamptz(3) not null,
    text_sealed text not null,
    text_fingerprint text not null,
    opts_out boolean not null,
    primary key (tenant_id, id),
    unique (tenant_id, booking_id, channel, at, text_fingerprint),
    foreign key (tenant_id, booking_id) references booking (tenant_id, id) on delete cascade
  )`,
  `create table timeline (
    tenant_id uuid not null,
    id uuid not null,
    booking_id uuid not null,
    at timestamptz(3) not null,
    kind text not null,
    text text not null,
    remedy text,
    cause text,
    primary key (tenant_id, id),
    foreign key (tenant_id, booking_id) references booking (tenant_id, id) on delete cascade
  )`,
  `create index timeline_booking on timeline (tenant_id, booking_id, kind, id desc)`,
  `create table alert (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    kind text not null check (kind in ('arrival', 'door-doubt', 'connection', 'message', 'booking', 'pin')),
    subject text not null,
    text text not null,
    remedy text not null,
    loud text not null check (loud in ('warn', 'page')),
    opened_at timestamptz(3) not null,
    closed_at timestamptz(3),
    alarm_sent_at timestamptz(3),
    primary key (tenant_id, id)
  )`,
  `create unique index alert_open on alert (tenant_id, kind, subject) where closed_at is null`,
  // What came of the newest look at one thing that a webhook pointed at.
  `create table fetch_outcome (
    tenant_id uuid not null,
    connection_id uuid not null,
    ref text not null,
    outcome text not null check (outcome in ('changed', 'unchanged', 'not-found', 'doubtful', 'failed')),
    text text not null,
    at timestamptz(3) not null,
    primary key (tenant_id, connection_id, ref),
    foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
  )`,
  `create index fetch_outcome_at on fetch_outcome (tenant_id, at)`,
]

const access = [
  `create table api_key (
    tenant_id uuid not null references tenant (id),
    id uuid not null,
    name text not null,
    hash text not null,
    see_pins boolean not null default false,
    created_at timestamptz(3) not null,
    revoked_at timestamptz(3),
    last_used_at timestamptz(3),
    primary key (tenant_id, id),
    unique (tenant_id, hash)
  )`,
]
