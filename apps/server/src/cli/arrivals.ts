import type { Command } from 'commander'
import type { ArrivalLine, ReadinessLine } from '../persistence/reads/read-model.ts'
import { createReadModel } from '../persistence/read-models.ts'
import { acting, type Cli, leaf, tenantOption } from './cli.ts'
import { clockTime, type Outcome } from './output.ts'

export function arrivalCommands(program: Command, cli: Cli): void {
  leaf(program, 'arrivals', 'who comes within 72 hours: will they get in, and do they know how?')
    .option(...tenantOption)
    .addHelpText(
      'after',
      '\nThe worst prepared first. "ready" needs a fresh read of every door and a delivered message.',
    )
    .action(acting(cli, (options: { tenant?: string }) => arrivals(cli, options)))
}

async function arrivals({ out, withSession }: Cli, { tenant }: { readonly tenant?: string }): Promise<Outcome> {
  return await withSession(async (session) => {
    const { id } = (await session.tenant(tenant)).tenant
    const model = createReadModel({ orm: await session.orm(), secretsOf: session.secretsOf })
    const all: ArrivalLine[] = []
    for (let after: string | undefined; ; ) {
      const { items, next } = await model.arrivals(id, { limit: 200, ...(after === undefined ? {} : { after }) })
      all.push(...items)
      after = next
      if (after === undefined) break
    }
    for (const arrival of all) for (const line of sayArrival(arrival)) out.say(line)
    if (all.length === 0) out.say('Nobody arrives within 72 hours.')
    return { arrivals: all }
  })
}

const levels = { ready: 'READY', 'at-risk': 'AT RISK', 'not-ready': 'NOT READY' }

function sayArrival({ ref, guest, unit, arrival, access, readiness }: ArrivalLine): readonly string[] {
  const from = access?.window ? clockTime(access.window.from) : (arrival ?? 'no day')
  return [
    `${levels[readiness.level]}  ${from}  ${unit?.name ?? 'no flat'}  ${guest.name ?? 'a guest'} (booking ${ref})`,
    ...(readiness.enteredAt === undefined ? [] : [`  Came in ${clockTime(readiness.enteredAt)}`]),
    ...readiness.doors.map((door) => `  ${sayDoor(door)}`),
    ...readiness.told.map((channel) => `  ${sayChannel(channel)}`),
    ...readiness.risks.flatMap(({ text, remedy }) => [`  ! ${text}`, `    ${remedy}`]),
  ]
}

function sayDoor({ name, level, evidence, ageSeconds }: ReadinessLine['doors'][number]): string {
  if (evidence === undefined) return `${name}: ${level === 'ready' ? 'nothing to prove there' : 'no code yet'}`
  return `${name}: ${evidence}${ageSeconds === undefined ? '' : `, read ${Math.round(ageSeconds / 60)} min ago`}`
}

function sayChannel({ channel, proof, at, reports }: ReadinessLine['told'][number]): string {
  const when = at === undefined ? '' : ` (${clockTime(at)})`
  const limit = reports === false ? '; it never reports delivery' : ''
  return `Told by ${channel}: ${proof === 'none' ? 'not yet' : proof}${when}${limit}`
}
