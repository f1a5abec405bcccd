import { type Instant, parseInstant, plus } from '@stayward/core'
import type { Command } from 'commander'
import { createDeliveryLog } from '../intake/delivery-log.ts'
import { createReplay, type ReplayOf } from '../intake/replay.ts'
import { PostgresWorkQueue } from '../queue/postgres-work-queue.ts'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import { durationOf } from './house/house-file.ts'
import { knownConnection } from './known-connection.ts'
import type { Outcome } from './output.ts'
import { refuse, wrongUsage } from './refusal.ts'
import type { Session, TenantSession } from './session.ts'

interface Options {
  readonly tenant?: string
  readonly connection?: string
  readonly from?: string
  readonly until?: string
}

interface ListOptions extends Options {
  readonly status?: string
  readonly limit: string
}

const statuses = ['accepted', 'ignored', 'quarantined', 'challenge'] as const

export function webhookCommands(program: Command, cli: Cli): void {
  const webhooks = family(program, 'webhooks', 'what vendors sent, and what became of it')
  leaf(webhooks, 'list', 'the newest deliveries; what was in them stays sealed')
    .option('--connection <name>', 'only from this one')
    .option('--status <status>', `only ${statuses.join(', ')}`)
    .option('--from <time>', 'not older than this: 2h, 3d, or 2026-07-10T08:00Z')
    .option('--until <time>', 'older than this')
    .option('--limit <count>', 'how many', '30')
    .option(...tenantOption)
    .action(acting(cli, (options: ListOptions) => list(cli, options)))
  leaf(webhooks, 'replay [ids...]', 'look again at what deliveries pointed at: named ones, or a span of time')
    .option('--connection <name>', 'only from this one')
    .option('--from <time>', 'not older than this: 2h, 3d, or 2026-07-10T08:00Z')
    .option('--until <time>', 'older than this; now when left out')
    .option(...tenantOption)
    .addHelpText(
      'after',
      '\nA replay makes the hub look, and nothing else: it is safe at any time and as often as you like.',
    )
    .action(acting(cli, (ids: readonly string[], options: Options) => replay(cli, ids, options)))
}

async function list({ out, withSession }: Cli, options: ListOptions): Promise<Outcome> {
  const status = statuses.find((one) => one === options.status)
  if (options.status !== undefined && !status)
    throw wrongUsage(`"${options.status}" is no status.`, `There are: ${statuses.join(', ')}.`)
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw wrongUsage(`"${options.limit}" is no number of deliveries.`, 'Give one from 1 to 1000.')
  return await withSession(async (session) => {
    const own = await session.tenant(options.tenant)
    const connectionId = await idOfConnection(session, own, options)
    const span = spanOf(options, session.clock.now())
    const { pool, secretsOf } = session
    const { items, next } = await createDeliveryLog({ pool, secretsOf }).list(own.tenant.id, {
      limit,
      ...span,
      ...(status ? { status } : {}),
      ...(connectionId === undefined ? {} : { connectionId }),
    })
    out.table(
      items.map(({ id, connection, receivedAt, status, topic, reason, copies }) => ({
        id,
        connection: connection.name,
        received: receivedAt.slice(0, 19),
        status,
        what: topic ?? '',
        copies: String(copies),
        reason: reason ?? '',
      })),
      'No deliveries. Is the webhook address entered at the vendor? See: stayward connection address',
    )
    if (next !== undefined) out.say('There are older ones: --limit, or --until.')
    return { deliveries: items, more: next !== undefined }
  })
}

async function replay({ out, withSession }: Cli, ids: readonly string[], options: Options): Promise<Outcome> {
  if ((ids.length === 0) === (options.from === undefined))
    throw wrongUsage('Which deliveries?', 'Name them by id, or a span of time with --from, and not both.')
  return await withSession(async (session) => {
    const own = await session.tenant(options.tenant)
    const { pool, secretsOf, adapters, clock, marked } = session
    const now = clock.now()
    const connectionId = await idOfConnection(session, own, options)
    const { from, until = now } = spanOf(options, now)
    const which: ReplayOf = from ? { from, until, ...(connectionId === undefined ? {} : { connectionId }) } : { ids }
    const log = createDeliveryLog({ pool, secretsOf })
    const work = new PostgresWorkQueue({ pool, markedLocally: marked })
    const done = await createReplay({ pool, secretsOf, adapters, log, work, clock })(own.tenant.id, which)
    if (done.deliveries === 0) throw refuse('No delivery was found there.', 'See them: stayward webhooks list')
    out.say(`${done.deliveries} replayed: ${done.keys} things are looked at again.`)
    return { replayed: done.deliveries, keys: done.keys }
  })
}

async function idOfConnection(session: Session, own: TenantSession, { connection }: Options) {
  return connection === undefined ? undefined : (await knownConnection(session, own, connection)).line.id
}

function spanOf({ from, until }: Options, now: Instant): { readonly from?: Instant; readonly until?: Instant } {
  return {
    ...(from === undefined ? {} : { from: momentOf(from, now) }),
    ...(until === undefined ? {} : { until: momentOf(until, now) }),
  }
}

/** `2h`: so long ago. Otherwise a time with its zone. */
function momentOf(text: string, now: Instant): Instant {
  const ago = durationOf(text)
  const at = ago === undefined ? parseInstant(text) : plus(now, -ago)
  if (at) return at
  throw wrongUsage(`"${text}" is no time.`, 'Write how long ago (2h, 3d), or 2026-07-10T08:00:00Z.')
}
