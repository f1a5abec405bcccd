import type { Command } from 'commander'
import { acting, type Cli, leaf } from './cli.ts'
import { checkDatabase, checkKey, checkMemory } from './doctor/check-database.ts'
import { checkPublicAddress, findHub } from './doctor/check-hub.ts'
import { checkNetworks } from './doctor/check-networks.ts'
import { checkQueue } from './doctor/check-queue.ts'
import { checkTenant } from './doctor/check-tenant.ts'
import type { Finding } from './doctor/finding.ts'
import type { Outcome } from './output.ts'
import { openSession, settingsOf } from './session.ts'

export function doctorCommand(program: Command, cli: Cli): void {
  leaf(program, 'doctor', 'one screen: is everything well, and if not, what has to be done')
    .option('--tenant <name>', "only this tenant's part")
    .addHelpText(
      'after',
      '\nIt asks no vendor and changes nothing. Exit code 1 when something needs a person (marked with !!).',
    )
    .action(acting(cli, (options: { tenant?: string }) => doctor(cli, options)))
}

const signs = { ok: 'ok', note: ' !', bad: '!!' } as const

async function doctor({ io, out }: Cli, { tenant: only }: { readonly tenant?: string }): Promise<Outcome> {
  const session = await openSession(settingsOf(io.env), { anyLogin: true })
  try {
    const findings: Finding[] = []
    const tell = (heading: string, found: readonly Finding[]) => {
      if (heading !== '') out.say(heading)
      for (const finding of found) {
        findings.push(finding)
        out.say(`${signs[finding.state]} ${finding.topic.padEnd(16)} ${finding.text}`)
        if (finding.remedy !== undefined) out.say(`   ${''.padEnd(16)} ${finding.remedy}`)
        out.event({ event: 'finding', ...finding })
      }
    }
    const hub = await findHub(session.settings)
    tell('', [
      ...hub.findings,
      ...(await checkPublicAddress(session.settings, hub.running)),
      ...(await checkDatabase(session)),
      ...checkKey(session),
      ...(await checkMemory(session)),
      ...(await checkQueue(session)),
      ...(await checkNetworks(session)),
    ])
    const tenants = only === undefined ? await session.tenants() : [(await session.tenant(only)).tenant]
    for (const { slug } of tenants) {
      const { heading, found } = await checkTenant(session, slug)
      out.say()
      tell(heading, found)
    }
    if (tenants.length === 0)
      tell('', [{ topic: 'tenants', state: 'note', text: 'none yet', remedy: 'stayward tenant add my-flats' }])
    const bad = findings.filter(({ state }) => state === 'bad').length
    out.say()
    out.say(bad === 0 ? 'Nothing needs a person.' : `${bad === 1 ? 'One thing needs' : `${bad} things need`} a person.`)
    return { ok: bad === 0, needsAPerson: bad, findings }
  } finally {
    await session.close()
  }
}
