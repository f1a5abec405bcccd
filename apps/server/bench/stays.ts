import { setTimeout as pause } from 'node:timers/promises'
import { addDays } from '@stayward/core'
import pg from 'pg'
import type { BenchHouse } from './bench-house.ts'
import { type BenchVendors, startVendors, type VendorCall } from './vendors.ts'

/** What happened to one booking that came in, milliseconds that never jump. */
export interface Stay {
  /** The webhook's answer had arrived. */
  acknowledged?: number
  /** The first call at a vendor began. */
  called?: number
  /** The code was stored as confirmed, and everybody could see it. */
  confirmed?: number
}

/** Brings bookings in and watches what becomes of them. */
export interface Stays {
  readonly vendors: BenchVendors
  /** Where the hub listens; it is started after the vendors. */
  sendTo(hubUrl: string): void
  /** A new booking, arriving tomorrow, and its webhook. Resolves when the hub has answered. */
  bring(): Promise<Stay>
  /** Resolves when all that were brought are confirmed; throws when that takes too long. */
  settled(): Promise<void>
  /** Resolves when no key is due or being looked at any more: guests are told, and nothing follows. */
  rested(): Promise<void>
  stop(): Promise<void>
}

/** Milliseconds after which a bench gives up waiting for codes. */
const patience = 60_000

/** Says at every commit that confirms a code which booking it is about. */
const trigger = [
  `create function bench_confirmed() returns trigger language plpgsql as $$
   begin
     perform pg_notify('bench_confirmed', (select ref from booking where tenant_id = new.tenant_id and id = new.booking_id));
     return null;
   end $$`,
  `create trigger bench_confirmed after update on code for each row
   when (new.evidence = 'confirmed' and old.evidence <> 'confirmed') execute function bench_confirmed()`,
]

export async function startStays(house: BenchHouse, ownerUrl: string): Promise<Stays> {
  const stays = new Map<string, Stay>()
  const open = new Set<string>()
  const onCall = ({ operation, body, at }: VendorCall): void => {
    if (operation !== 'booking') return
    const stay = stays.get(/"ref":"([^"]+)"/.exec(body)?.[1] ?? '')
    if (stay) stay.called ??= at
  }
  const vendors = await startVendors(house, onCall)
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  for (const statement of trigger) await owner.query(statement)
  owner.on('notification', ({ payload = '' }) => {
    const stay = stays.get(payload)
    if (stay) stay.confirmed ??= performance.now()
    open.delete(payload)
  })
  await owner.query('listen bench_confirmed')
  const arrival = addDays(new Date().toISOString().slice(0, 10), 1)
  let count = 0
  let hub = ''

  return {
    vendors,
    sendTo: (hubUrl) => void (hub = hubUrl),
    async bring() {
      const tenant = house.tenants[count % house.tenants.length]
      const unitRef = house.unitRefs[Math.floor(count / house.tenants.length) % house.unitRefs.length] ?? ''
      count++
      const ref = vendors.bookings.add({ unitRef, arrival, departure: addDays(arrival, 2) }, tenant?.slug)
      vendors.bookings.dueWebhooks() // this bench carries them itself
      const stay: Stay = {}
      stays.set(ref, stay)
      open.add(ref)
      const answer = await fetch(`${hub}${tenant?.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `192.0.2.${count % 250}` },
        body: JSON.stringify({ booking: ref }),
      })
      stay.acknowledged = performance.now()
      await answer.arrayBuffer()
      if (answer.status !== 200) throw new Error(`The hub answered a webhook with ${answer.status}.`)
      return stay
    },
    async settled() {
      for (const end = performance.now() + patience; open.size > 0; await pause(20))
        if (performance.now() > end) throw new Error(await reasonOf(owner, open))
    },
    async rested() {
      for (;;) {
        const { rows } = await owner.query('select from work where wake_at <= now() or lease_owner is not null limit 1')
        if (rows.length === 0) return
        await pause(100)
      }
    },
    async stop() {
      await owner.end()
      await vendors.stop()
    },
  }
}

/** What the hub itself knows about bookings that are not ready. */
async function reasonOf(owner: pg.Client, open: ReadonlySet<string>): Promise<string> {
  const codes = await owner.query<{ evidence: string; bookings: number }>(
    `select coalesce(c.evidence, 'no code') as evidence, count(*)::int as bookings
     from unnest($1::text[]) ref left join booking b on b.ref = ref.ref
       left join code c on c.tenant_id = b.tenant_id and c.booking_id = b.id
     group by 1 order by 1`,
    [[...open]],
  )
  const keys = await owner.query<{ kind: string; last_error: string | null; keys: number }>(
    `select kind, last_error, count(*)::int as keys from work
     where wake_at is not null or lease_owner is not null group by 1, 2 order by 3 desc limit 5`,
  )
  const lines = [
    `${open.size} bookings had no confirmed code after ${patience / 1000} s.`,
    ...codes.rows.map(({ evidence, bookings }) => `${bookings} of them: ${evidence}.`),
    ...keys.rows.map(
      ({ kind, last_error: error, keys: count }) => `${count} keys wait: ${kind}, ${error ?? 'no error'}.`,
    ),
  ]
  return lines.join(' ')
}
