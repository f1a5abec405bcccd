import { randomUUIDv7 } from 'node:crypto'
import type { Instant } from '@stayward/core'
import type { Pool } from 'pg'

/** A delivery that came to no address of ours: enough to notice a mistyped address, nothing about anybody. */
export interface Stray {
  readonly at: Instant
  /** Only when it is one of ours; what a stranger writes there is not kept. */
  readonly adapter?: string
  readonly size: number
  readonly bodyHash: string
  readonly reason: 'unknown-adapter' | 'unknown-address' | 'too-large'
}

/** Counts strays in memory and writes them down now and then: their senders are answered without a database. */
export interface Strays {
  note(stray: Stray): void
  /** Writes what is waiting. */
  flush(): Promise<void>
  stop(): Promise<void>
}

export interface StrayOptions {
  readonly pool: Pool
  /** Called when writing failed; the strays of that time are lost, which costs nobody anything. */
  readonly onFailure: (error: unknown) => void
  /** Milliseconds between two writes. */
  readonly every?: number
  /** How many rows stay; the ones not seen for longest go. */
  readonly mostRows?: number
}

/** Kinds of strays that one interval remembers; a flood of different ones is counted under one line. */
const mostWaiting = 500

const upsert = `
  insert into stray_delivery as s (id, at, last_at, adapter, size, body_hash, reason, count)
  select * from unnest($1::uuid[], $2::timestamptz[], $2::timestamptz[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::integer[])
  on conflict (adapter, body_hash, reason) do update set count = s.count + excluded.count, last_at = excluded.last_at`
const trim = `
  delete from stray_delivery where id in (select id from stray_delivery order by last_at desc, id desc offset $1)`

export function createStrays({ pool, onFailure, every = 1_000, mostRows = 10_000 }: StrayOptions): Strays {
  let waiting = new Map<string, { readonly stray: Stray; count: number }>()
  let writing: Promise<void> = Promise.resolve()
  const timer = setInterval(() => void flush(), every).unref()

  const write = async (batch: readonly { readonly stray: Stray; readonly count: number }[]): Promise<void> => {
    try {
      await pool.query(upsert, [
        batch.map(() => randomUUIDv7()),
        batch.map(({ stray }) => stray.at),
        batch.map(({ stray }) => stray.adapter ?? null),
        batch.map(({ stray }) => stray.size),
        batch.map(({ stray }) => stray.bodyHash),
        batch.map(({ stray }) => stray.reason),
        batch.map(({ count }) => count),
      ])
      await pool.query(trim, [mostRows])
    } catch (error) {
      onFailure(error)
    }
  }

  const flush = (): Promise<void> => {
    if (waiting.size > 0) {
      const batch = [...waiting.values()]
      waiting = new Map()
      writing = writing.then(() => write(batch))
    }
    return writing
  }

  return {
    note(given) {
      const known = `${given.adapter ?? ''} ${given.reason} ${given.bodyHash}`
      const stray = waiting.size < mostWaiting || waiting.has(known) ? given : { ...given, bodyHash: 'many' }
      const key = `${stray.adapter ?? ''} ${stray.reason} ${stray.bodyHash}`
      const same = waiting.get(key)
      if (same) same.count++
      else waiting.set(key, { stray, count: 1 })
    },
    flush,
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}
