import type { Command } from 'commander'
import type { AlertLine } from '../persistence/reads/read-model.ts'
import { createReadModel } from '../persistence/read-models.ts'
import { acting, type Cli, leaf, tenantOption } from './cli.ts'
import { clockTime, type Outcome } from './output.ts'
import type { Session, TenantSession } from './session.ts'

export function alertCommands(program: Command, cli: Cli): void {
  leaf(program, 'alerts', 'what waits for a person, and what to do about it')
    .option('--all', 'those that have settled, too')
    .option(...tenantOption)
    .addHelpText('after', '\nAn alert closes by itself once its cause is over.')
    .action(acting(cli, (options: { tenant?: string; all?: true }) => alerts(cli, options)))
}

async function alerts(
  { out, withSession }: Cli,
  { tenant, all }: { readonly tenant?: string; readonly all?: true },
): Promise<Outcome> {
  return await withSession(async (session) => {
    const list = await alertsOf(session, await session.tenant(tenant), all ? 'all' : 'open')
    for (const alert of list) for (const line of sayAlert(alert)) out.say(line)
    if (list.length === 0) out.say('Nothing waits for a person.')
    return { alerts: list }
  })
}

/** An alert and what it is about, in a person's words. */
export interface NamedAlert extends AlertLine {
  readonly about: string
}

export async function alertsOf(
  session: Session,
  { tenant, house }: TenantSession,
  state: 'open' | 'all',
): Promise<readonly NamedAlert[]> {
  const model = createReadModel({ orm: await session.orm(), secretsOf: session.secretsOf })
  const { items } = await model.alerts(tenant.id, { limit: 200, state })
  const { connections, devices } = await house.picture()
  const nameOf = async ({ subject }: AlertLine): Promise<string> => {
    const [kind, id = ''] = subject.split(':')
    if (kind === 'connection') return `connection ${connections.find((one) => one.id === id)?.name ?? id}`
    if (kind === 'device') return `device ${devices.find((one) => one.id === id)?.name ?? id}`
    if (kind === 'booking') return `booking ${(await model.booking(tenant.id, id, false))?.ref ?? id}`
    return subject
  }
  return await Promise.all(items.map(async (alert) => ({ ...alert, about: await nameOf(alert) })))
}

export function sayAlert({ about, text, remedy, loud, openedAt, closedAt }: NamedAlert): readonly string[] {
  const since = `${loud === 'warn' ? '' : 'URGENT, '}since ${clockTime(openedAt)}`
  const until = closedAt === undefined ? '' : `, settled ${clockTime(closedAt)}`
  return [`${about} (${since}${until}): ${text}`, `  ${remedy}`]
}
