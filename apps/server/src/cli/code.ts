import { adoptionRefusals, type ListedHandMade } from '@stayward/core'
import type { Command } from 'commander'
import { type ChangedCode, type CodeDesk, createCodeDesk } from '../persistence/code-desk.ts'
import { createReadModel } from '../persistence/read-models.ts'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import { qrCommand } from './code-qr.ts'
import { clockTime, type Outcome } from './output.ts'
import { refuse, wrongUsage } from './refusal.ts'
import type { Session } from './session.ts'

interface Options {
  readonly tenant?: string
}

interface AdoptOptions extends Options {
  readonly booking: string
  readonly yes?: boolean
}

export function codeCommands(program: Command, cli: Cli): void {
  const code = family(program, 'code', 'codes that somebody changed or made outside the hub, and codes as pictures')
  qrCommand(code, cli)
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
  leaf(code, 'foreign', 'codes on the doors that the hub did not make, and leaves alone')
    .option(...tenantOption)
    .action(acting(cli, ({ tenant }: Options) => foreign(cli, tenant)))
  leaf(code, 'adopt <code>', 'give one of those to a booking: it keeps its PIN and ends with the stay')
    .requiredOption('--booking <ref>', "the stay, by the booking system's own id")
    .option('--yes', 'you are sure; without it the command says what it would do, and does nothing')
    .option(...tenantOption)
    .addHelpText('after', '\nThe names of the codes: stayward code foreign')
    .action(acting(cli, (id: string, options: AdoptOptions) => adopt(cli, id, options)))
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

async function foreign({ out, withSession }: Cli, slug: string | undefined): Promise<Outcome> {
  return await withSession(async (session) => {
    const { tenant } = await session.tenant(slug)
    const codes = await deskOf(session).handMade(tenant.id)
    for (const code of codes) for (const line of foreignLines(code)) out.say(line)
    if (codes.length === 0) out.say('The doors hold no code that the hub did not make.')
    return { codes }
  })
}

function foreignLines({ id, door, label, from, until, showsPin, waitsFor }: ListedHandMade): readonly string[] {
  const begins = from === undefined ? '' : `from ${clockTime(from)}, `
  const ends = until === undefined ? 'never ends' : `ends ${clockTime(until)}`
  const next =
    waitsFor !== undefined
      ? 'It is about to become the code of a stay.'
      : showsPin
        ? `To give it to a stay: stayward code adopt ${id} --booking <ref>`
        : 'Its device does not show its PIN, so it cannot be given to a stay.'
  return [`${door}: "${label}", ${begins}${ends}`, `  ${next}`]
}

async function adopt(
  { out, withSession }: Cli,
  id: string,
  { tenant: slug, booking: ref, yes = false }: AdoptOptions,
): Promise<Outcome> {
  return await withSession(async (session) => {
    const { tenant } = await session.tenant(slug)
    const model = createReadModel({ orm: await session.orm(), secretsOf: session.secretsOf })
    const [booking, second] = (await model.syncScope(tenant.id, { booking: ref }))?.bookings ?? []
    if (!booking) throw refuse(`There is no booking "${ref}".`, 'Give the id that the booking system itself shows.')
    if (second)
      throw refuse(
        `Two booking systems have a booking "${ref}".`,
        'Say which one over the API: POST /api/v1/codes/foreign/{id}/adopt',
      )
    const desk = deskOf(session)
    if (!yes) {
      const code = (await desk.handMade(tenant.id)).find((one) => one.id === id)
      if (!code) throw refuse(adoptionRefusals.unknown.text, adoptionRefusals.unknown.remedy)
      throw refuse(
        `${code.door}: "${code.label}" would become the code of booking ${ref}. It would keep its PIN, get the dates of the stay and end with it; the guest would be told its PIN, also for the other doors where they take it. Whoever else uses this code would not get in any more. Nothing was done.`,
        `If that is right: stayward code adopt ${id} --booking ${ref} --yes`,
      )
    }
    const answer = await desk.adopt(tenant.id, id, booking.id)
    if (answer !== 'asked') throw refuse(adoptionRefusals[answer].text, adoptionRefusals[answer].remedy)
    out.say(`The door is read once more, and then the code becomes booking ${ref}'s; a running hub begins at once.`)
    out.say(`What the next look does: stayward sync --dry-run --booking ${ref}`)
    out.say('When it cannot become so, or has a PIN that is easily guessed, an alert says it: stayward alerts')
    return { code: id, booking: ref }
  })
}
