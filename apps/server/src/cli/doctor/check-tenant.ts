import { clockTime } from '../output.ts'
import { millisecondsOf, type Instant } from '@stayward/core'
import type { ConnectionLine } from '../../persistence/reads/read-model.ts'
import { demoSlug } from '../../compose/demo-slug.ts'
import { alertsOf } from '../alerts.ts'
import { connectionLines } from '../known-connection.ts'
import type { Session } from '../session.ts'
import { bad, type Finding, note, ok, spoken } from './finding.ts'

export interface TenantFindings {
  readonly heading: string
  readonly found: readonly Finding[]
}

export async function checkTenant(session: Session, slug: string): Promise<TenantFindings> {
  const own = await session.tenant(slug)
  const now = session.clock.now()
  const { alarm, units, policy } = await own.house.picture()
  const connections = await connectionLines(session, own)
  const alerts = await alertsOf(session, own, 'open')
  const found = [
    ...connections.map((line) => checkConnection(session, line, now)),
    ...(connections.length === 0 ? [note('connections', 'none yet', 'stayward connection add --help')] : []),
    alarm
      ? ok('alarm address', `set, over ${alarm.connection}`)
      : slug === demoSlug
        ? ok('alarm address', 'none: the demo calls nobody')
        : note(
            'alarm address',
            'not set: nobody is called when a guest may stand outside',
            `stayward tenant set ${slug} --alarm sms:+33612345678`,
          ),
    ...((policy.channels ?? [{}]).length === 0
      ? [bad('channels', 'none: no guest is told anything', `stayward tenant set ${slug} --channel inbox`)]
      : []),
    ...alerts.map(({ loud, about, text, remedy }) =>
      (loud === 'warn' ? note : bad)('alert', `${about}: ${text}`, remedy),
    ),
  ]
  const flats = `${units.length} ${units.length === 1 ? 'unit' : 'units'}`
  const open =
    alerts.length === 0 ? 'no alert open' : `${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'} open`
  return { heading: `Tenant ${slug}: ${flats}, ${open}`, found: found.map((finding) => ({ ...finding, tenant: slug })) }
}

function checkConnection({ adapters }: Session, line: ConnectionLine, now: Instant): Finding {
  const { name, adapter: id, state, lastTest, lastInboundAt, failingSince } = line
  const ago = (at: Instant) => `${spoken((millisecondsOf(now) - millisecondsOf(at)) / 1000)} ago`
  const adapter = adapters.get(id)
  if (!adapter) return bad(name, `no adapter "${id}" in this hub`, 'List its package in STAYWARD_ADAPTERS.')
  if (state === 'paused') return note(name, `${id}, paused`, `Go on with: stayward connection resume ${name}`)
  const tested = lastTest ? `${lastTest.ok ? 'tested' : 'test failed'} ${ago(lastTest.at)}` : 'not tested yet'
  const inbound = adapter.webhook ? `, last webhook ${lastInboundAt ? ago(lastInboundAt) : 'never'}` : ''
  const text = `${id}${line.witnessSince === undefined ? '' : ', a witness'}, ${tested}${inbound}${failingSince ? `, failing since ${clockTime(failingSince)}` : ''}`
  if (failingSince || lastTest?.ok === false)
    return bad(name, text, lastTest?.note ?? `See what is wrong: stayward connection test ${name}`)
  if (!lastTest) return note(name, text, `stayward connection test ${name}`)
  if (adapter.webhook && !lastInboundAt)
    return note(name, text, `Is its address entered at ${adapter.displayName}? stayward connection address ${name}`)
  if (adapter.webhook && line.unannounced !== undefined)
    return note(
      name,
      `${text}; webhooks seem lost: ${line.unannounced} ${line.unannounced === 1 ? 'change' : 'changes'} in the last day were found by asking only`,
      `Is its address still entered at ${adapter.displayName}? stayward connection address ${name}`,
    )
  return ok(name, text)
}
