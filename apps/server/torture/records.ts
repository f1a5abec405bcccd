import pg from 'pg'

/** What the hub's tables say, for what only they can: what was stored, what was handed to a person, what still waits. */
export interface Records {
  /** SHA-256 of the bodies of stored deliveries. */
  readonly stored: ReadonlySet<string>
  /** `<booking ref> sms` or `<booking ref> letter`: a person was asked to tell this guest. */
  readonly handedOver: ReadonlySet<string>
  /** Keys that are due, failing or held: at work, or stuck. */
  readonly busy: readonly BusyKey[]
  readonly looks: number
}

export interface BusyKey {
  readonly kind: string
  readonly key: string
  /** Seconds since it was due, or since its lease ran out; negative while it is not yet. */
  readonly late: number
  readonly attempt: number
  readonly error: string | null
}

export async function readRecords(ownerUrl: string): Promise<Records> {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    const stored = await client.query<{ hash: string }>('select distinct body_hash as hash from webhook_delivery')
    const alerts = await client.query<{ ref: string; inbox: boolean }>(
      `select b.ref, a.subject like '%:inbox' as inbox from alert a
       join booking b on b.tenant_id = a.tenant_id and a.subject like 'booking:' || b.id || ':%'
       where a.kind = 'message' and a.closed_at is null`,
    )
    const busy = await client.query<BusyKey>(
      `select kind, key, attempt, last_error as error,
         extract(epoch from now() - coalesce(lease_until, wake_at, timer_at))::float8 as late
       from work where lease_owner is not null or attempt > 0 or coalesce(wake_at, timer_at) <= now()`,
    )
    const looks = await client.query<{ looks: string }>('select last_value as looks from work_fence')
    return {
      stored: new Set(stored.rows.map(({ hash }) => hash)),
      handedOver: new Set(alerts.rows.map(({ ref, inbox }) => `${ref} ${inbox ? 'letter' : 'sms'}`)),
      busy: busy.rows,
      looks: Number(looks.rows[0]?.looks ?? 0),
    }
  } finally {
    await client.end()
  }
}
