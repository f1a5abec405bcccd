import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { createDoorDesk, type DoorDesk } from '../persistence/door-desk.ts'
import { doorLedger, type DoorOpening } from '../persistence/door-openings.ts'
import { acting, type Cli, leaf, tenantOption } from './cli.ts'
import { lendKeypad } from './lend-keypad.ts'
import { clockTime, type Outcome } from './output.ts'
import { refuse, wrongUsage } from './refusal.ts'
import type { Session, TenantSession } from './session.ts'

interface Options {
  readonly tenant?: string
  readonly why?: string
  readonly at?: string
  readonly yes?: true
}

/** How many orders are shown. */
const shown = 50

export function openDoorCommands(door: Command, cli: Cli): void {
  leaf(door, 'open <short-name>', 'open a door now, from here')
    .requiredOption('--why <text>', 'for the ledger: "guest locked out, called at 23:10"')
    .option('--at <door>', "which of the intercom's doors, where it opens several")
    .option('--yes', 'open it; without it the command says what it would do, and does nothing')
    .option(...tenantOption)
    .addHelpText('after', '\nWho asked, why, and what came of it is kept: stayward door openings')
    .action(acting(cli, (name: string, options: Options) => openDoor(cli, name, options)))
  leaf(door, 'openings', 'who had which door opened from here, why, and what came of it')
    .option(...tenantOption)
    .action(acting(cli, ({ tenant }: Options) => listOpenings(cli, tenant)))
}

const deskOf = (session: Session, own: TenantSession, out: Cli['out']): DoorDesk =>
  createDoorDesk({
    pool: session.pool,
    secretsOf: session.secretsOf,
    clock: session.clock,
    withKeypad: lendKeypad(session, own, out),
  })

async function openDoor(
  { out, withSession }: Cli,
  name: string,
  { tenant, why = '', at, yes }: Options,
): Promise<Outcome> {
  if (why.trim().length < 3) throw wrongUsage('It has to be said why.', 'For example: --why "guest locked out"')
  return await withSession(async (session) => {
    const own = await session.tenant(tenant)
    const known = await doorLedger(session.pool, own.tenant.id, own.secrets).door(name)
    if (!known) throw refuse(`There is no door "${name}".`, 'See them: stayward door list')
    if (!yes)
      throw refuse(
        `This opens ${known.name} now, whoever stands before it. Nothing was done yet.`,
        'If that is meant, say the same with --yes.',
      )
    const order = { door: name, by: 'the command line', why: why.trim(), key: randomUUID() }
    const result = await deskOf(session, own, out).open(own.tenant.id, at === undefined ? order : { ...order, at })
    if (result.status !== 'given') throw refuse(result.text, result.remedy)
    const { answer } = result.opening
    out.say(`${known.name}: ${answer.text}`)
    if (answer.remedy !== undefined) out.say(answer.remedy)
    return { ok: answer.outcome === 'opened' || answer.outcome === 'accepted', opening: result.opening }
  })
}

async function listOpenings({ out, withSession }: Cli, slug: string | undefined): Promise<Outcome> {
  return await withSession(async (session) => {
    const { tenant, secrets } = await session.tenant(slug)
    const openings = await doorLedger(session.pool, tenant.id, secrets).list(shown)
    for (const one of openings) for (const line of linesOf(one)) out.say(line)
    if (openings.length === 0) out.say('No door was opened from here yet.')
    return { openings }
  })
}

function linesOf({ at, door, chosen, by, why, answer }: DoorOpening): readonly string[] {
  const where = chosen === undefined ? door.name : `${door.name}, its door ${chosen}`
  return [
    `${clockTime(at)}  ${where}  by ${by}: ${why}`,
    `  ${answer?.text ?? 'No answer has come, so nobody knows whether it has opened.'}`,
  ]
}
