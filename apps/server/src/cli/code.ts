import type { Command } from 'commander'
import { type ChangedCode, type CodeDesk, createCodeDesk } from '../persistence/code-desk.ts'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import { clockTime, type Outcome } from './output.ts'
import { refuse, wrongUsage } from './refusal.ts'
import type { Session } from './session.ts'

interface Options {
  readonly tenant?: string
}

export function codeCommands(program: Command, cli: Cli): void {
  const code = family(program, 'code', 'codes that somebody changed outside the hub')
  leaf(code, 'list', 'what was changed, and what becomes of it; what waits for your word first')
    .option(...tenantOption)
    .action(acting(cli, ({ tenant }: Options) => list(cli, tenant)))
  leaf(code, 'decide <code> <restore|accept>', 'put a changed code right, or let it stand')
    .option(...tenantOption)
    .addHelpText(
      'after',
      '\nWhat stands never outlasts the stay. What a door does by itself is its own setting: stayward door set <door> --if-changed ask',
    )
    .action(acting(cli, (id: string, word: string, { tenant }: Options) => decide(cli, id, word, tenant)))
}

const deskOf = ({ pool, secretsOf, clock, marked }: Session): CodeDesk =>
  createCodeDesk({ pool, secretsOf, clock, markedLocally: marked })

async function list({ out, withSession }: Cli, slug: string | undefined): Promise<Outcome> {
  return await withSession(async (session) => {
    const { tenant } = await session.tenant(slug)
    const codes = await deskOf(session).changed(tenant.id)
    for (const one of codes) for (const line of linesOf(one)) out.say(line)
    if (codes.length === 0) out.say('No code stands otherwise than the hub wants it.')
    return { codes }
  })
}

function linesOf({ id, ref, door, what, window, state, since, stay }: ChangedCode): readonly string[] {
  const dates = window === undefined ? '' : ` (${clockTime(window.from)} to ${clockTime(window.until)})`
  const changes = what.map((one) => (one === 'window' ? `${words[one]}${dates}` : words[one]))
  return [
    `Code ${id}: booking ${ref} at ${door}, stay ${clockTime(stay.from)} to ${clockTime(stay.until)}`,
    `  changed there: ${changes.join(', ')} (found ${clockTime(since)})`,
    `  ${states[state]}`,
    ...(state === 'asked' ? [`  stayward code decide ${id} restore   or: … accept`] : []),
    ...(state === 'accepted' ? [`  to put it right: stayward code decide ${id} restore`] : []),
  ]
}

const words = {
  pin: 'its PIN is another',
  disabled: 'it is switched off',
  window: 'its dates are others',
  missing: 'it is gone',
}

const states = {
  asked: 'Nothing is done about it until you decide.',
  restore: 'You decided to put it right; the next look does it.',
  accept: 'You decided to let it stand; the next look takes it over.',
  accepted: 'It stands as it is.',
}

async function decide({ out, withSession }: Cli, id: string, word: string, slug: string | undefined): Promise<Outcome> {
  if (word !== 'restore' && word !== 'accept')
    throw wrongUsage(`"${word}" is not a decision.`, `Say: stayward code decide ${id} restore, or accept.`)
  return await withSession(async (session) => {
    const { tenant } = await session.tenant(slug)
    if (!(await deskOf(session).decide(tenant.id, id, word)))
      throw refuse(
        `There is nothing to decide about a code "${id}".`,
        'See what was changed, and the names of the codes: stayward code list',
      )
    out.say(
      word === 'restore'
        ? 'The code is put right at the next look; a running hub begins at once.'
        : 'The code stands as it was found, though never beyond the end of the stay; a running hub takes it over at once.',
    )
    return { code: id, decision: word }
  })
}
