import { type Mark, preview, type PreviewLine } from '@stayward/core'
import type { Command } from 'commander'
import { demoSlug } from '../compose/demo-slug.ts'
import { createRoot } from '../compose/root.ts'
import { openTenant } from '../compose/tenant-engine.ts'
import { readMemory } from '../persistence/memory/hub-memory.ts'
import { shareClock } from '../persistence/shared-clock.ts'
import { createReadModel } from '../persistence/read-models.ts'
import type { SyncScope, SyncWhat } from '../persistence/reads/read-model.ts'
import { previewScope, syncWhat, withRefs } from '../persistence/reads/sync-scope.ts'
import { PostgresWorkQueue } from '../queue/postgres-work-queue.ts'
import { createLog } from '../telemetry/log.ts'
import { acting, type Cli, leaf, tenantOption } from './cli.ts'
import type { Outcome } from './output.ts'
import { refuse, wrongUsage } from './refusal.ts'
import type { Session, TenantSession } from './session.ts'

interface Options {
  readonly tenant?: string
  readonly booking?: string
  readonly device?: string
  readonly all?: true
  readonly dryRun?: true
}

export function syncCommands(program: Command, cli: Cli): void {
  leaf(program, 'sync', 'look again at a stay, a device or everything; or see what that would do')
    .option('--dry-run', 'say what the next looks would do, and do nothing of it')
    .option('--booking <ref>', "one stay, by the booking system's own id")
    .option('--device <name>', 'one device, by its name')
    .option('--all', 'everything that is near, or still has a code at a door')
    .option(...tenantOption)
    .addHelpText('after', '\nA look does what is missing and nothing else, so that it may be asked for at any time.')
    .action(acting(cli, (options: Options) => sync(cli, options)))
}

async function sync({ out, withSession }: Cli, options: Options): Promise<Outcome> {
  const what = syncWhat(options)
  if (!what) throw wrongUsage('What is to be looked at?', 'Give one of --booking <ref>, --device <name> and --all.')
  return await withSession(async (session) => {
    const tenant = await session.tenant(options.tenant)
    const scope = await scopeOf(session, tenant, what)
    if (!options.dryRun) {
      const marked = await markAll(session, tenant, scope, 'all' in what)
      out.say(`${marked} ${marked === 1 ? 'look is' : 'looks are'} asked for; a running hub begins at once.`)
      return { marked }
    }
    const steps = withRefs(await linesOf(session, tenant, scope), scope)
    for (const { ref, text, remedy } of steps) {
      out.say(`${ref === undefined ? '' : `${ref}: `}${text}`)
      if (remedy !== undefined) out.say(`  ${remedy}`)
    }
    out.say(steps.length === 0 ? 'Nothing to do.' : 'Nothing of this has been done: it was a dry run.')
    return { steps }
  })
}

async function scopeOf(session: Session, { tenant }: TenantSession, what: SyncWhat): Promise<SyncScope> {
  const model = createReadModel({ orm: await session.orm(), secretsOf: session.secretsOf })
  const scope = await model.syncScope(tenant.id, what)
  if (scope) return scope
  if ('booking' in what)
    throw refuse(
      `There is no booking "${what.booking}".`,
      'The booking system’s own id is meant, as its page shows it.',
    )
  throw refuse('There is no such device.', 'Its name is meant, as "stayward door list" shows it.')
}

async function markAll(
  { pool, marked, clock }: Session,
  { tenant, house }: TenantSession,
  { bookings, devices }: SyncScope,
  all: boolean,
): Promise<number> {
  const sources = all
    ? (await house.picture()).connections.filter(({ port, state }) => port === 'booking' && state === 'active')
    : []
  const mark = (kind: Mark['kind'], key: string): Mark => ({ kind, key, why: 'edit' })
  const marks = [
    ...sources.map(({ id }) => mark('connection', id)),
    ...bookings.flatMap(({ id }) => [mark('booking', id), mark('messages', id)]),
    ...devices.map(({ id }) => mark('device', id)),
  ]
  await new PostgresWorkQueue({ pool, markedLocally: marked }).mark(tenant.id, marks, [], clock.now())
  return marks.length
}

/** Asks the vendors through the same guarded way as the hub. */
async function linesOf(
  { settings, database, adapters, pool }: Session,
  { tenant }: TenantSession,
  scope: SyncScope,
): Promise<readonly PreviewLine[]> {
  if (tenant.slug === demoSlug)
    throw refuse("The demo's vendors are invented and answer only the running demo.", 'Ask it: POST /api/v1/plan')
  const log = createLog({ level: 'silent' })
  const root = createRoot({
    log,
    clock: await shareClock({ pool, log }),
    demo: undefined,
    adapters,
    masters: database.masters,
    pool,
    vendorOrigins: settings.vendorOrigins,
    privateNetworks: settings.privateNetworks,
  })
  try {
    const { noticed } = await readMemory(pool)
    const { engine, providers } = await openTenant(
      root.cradle,
      tenant.id,
      () => undefined,
      () => noticed,
    )
    try {
      return await preview(engine, { signal: new AbortController().signal }, previewScope(scope))
    } finally {
      await providers.close()
    }
  } finally {
    await root.dispose()
  }
}
