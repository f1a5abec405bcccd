import type { HeldLosses } from '@stayward/core'
import type { Command } from 'commander'
import { type BrakeDesk, createBrakeDesk } from '../persistence/brake-desk.ts'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import { clockTime, type Outcome } from './output.ts'
import { refuse } from './refusal.ts'
import type { Session } from './session.ts'

interface Options {
  readonly tenant?: string
}

export function brakeCommands(program: Command, cli: Cli): void {
  const brake = family(
    program,
    'brake',
    'stays that keep their codes until you say so, because unusually many would lose them',
  )
  leaf(brake, 'list', 'what waits, and the name of each list')
    .option(...tenantOption)
    .action(acting(cli, ({ tenant }: Options) => list(cli, tenant)))
  leaf(brake, 'approve <list>', 'it is true: the codes of exactly these stays go')
    .option(...tenantOption)
    .addHelpText(
      'after',
      '\nA list names the stays that were on it when you saw it. Whoever comes later needs another word.',
    )
    .action(acting(cli, (name: string, { tenant }: Options) => decide(cli, name, true, tenant)))
  leaf(brake, 'refuse <list>', 'it is not true: these stays keep their codes until their own dates are over')
    .option(...tenantOption)
    .addHelpText('after', '\nCorrect the bookings in the booking system: any change of one is looked at anew.')
    .action(acting(cli, (name: string, { tenant }: Options) => decide(cli, name, false, tenant)))
}

const deskOf = ({ pool, secretsOf, clock, marked }: Session): BrakeDesk =>
  createBrakeDesk({ pool, secretsOf, clock, markedLocally: marked })

async function list({ out, withSession }: Cli, slug: string | undefined): Promise<Outcome> {
  return await withSession(async (session) => {
    const { tenant } = await session.tenant(slug)
    const lists = await deskOf(session).lists(tenant.id)
    for (const one of lists) for (const line of linesOf(one)) out.say(line)
    if (lists.length === 0) out.say('Nothing waits: the brake holds no stay.')
    return { lists }
  })
}

function linesOf({ list: name, connection, since, stays }: HeldLosses): readonly string[] {
  return [
    `List ${name}: ${connection.name} takes the access from ${stays.length === 1 ? 'one stay' : `${stays.length} stays`} (since ${clockTime(since)})`,
    ...stays.map(
      ({ ref, arrival = '?', departure = '?', codes }) =>
        `  booking ${ref}, ${arrival} to ${departure}: ${codes === 1 ? 'one code' : `${codes} codes`}`,
    ),
    `  True? stayward brake approve ${name}   Not true? stayward brake refuse ${name}`,
  ]
}

async function decide(
  { out, withSession }: Cli,
  name: string,
  approve: boolean,
  slug: string | undefined,
): Promise<Outcome> {
  return await withSession(async (session) => {
    const { tenant } = await session.tenant(slug)
    const stays = await deskOf(session).decide(tenant.id, name, approve)
    if (stays === undefined)
      throw refuse(
        `No list "${name}" waits: it has changed, or somebody has decided already. Nothing was done.`,
        'See what waits now: stayward brake list',
      )
    const whose = stays === 1 ? 'The stay' : `The ${stays} stays`
    out.say(
      approve
        ? `${whose} on the list: their codes go now, and the guests are told.`
        : `${whose} on the list: their codes stay until their own dates are over.`,
    )
    return { list: name, decision: approve ? 'approve' : 'refuse', stays }
  })
}
