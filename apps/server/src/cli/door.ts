import type { DriftPolicy } from '@stayward/core'
import type { Command } from 'commander'
import { acting, type Cli, family, leaf, several, tenantOption } from './cli.ts'
import type { DescribedDoor } from './house/house-file.ts'
import { changeOne, listEntries, startFrom } from './house/single-change.ts'
import { openDoorCommands } from './open-door.ts'
import { refuse, wrongUsage } from './refusal.ts'

interface Options {
  readonly tenant?: string
  readonly name?: string
  readonly say?: readonly string[]
  readonly device?: string
  readonly prefix?: string
  readonly tellAt?: string
  readonly ifChanged?: string
  readonly fixedCode?: string
  readonly nothingToEnter?: true
}

export function doorCommands(program: Command, cli: Cli): void {
  const door = family(program, 'door', 'the openings from the street to the flats')
  for (const verb of ['add', 'set'] as const) {
    const command = leaf(
      door,
      `${verb} <short-name>`,
      verb === 'add' ? 'describe a new door' : 'change what is given; the rest stays',
    )
    const needed = verb === 'add' ? command.requiredOption.bind(command) : command.option.bind(command)
    needed('--name <name>', 'as guests read it: "Street door"')
    command
      .option('--device <connection:id>', 'the lock or intercom at it; see: stayward connection devices')
      .option('--prefix <keys>', 'what guests type before the PIN, where the keypad asks for it; "none" takes it away')
      .option('--tell-at <evidence>', 'confirmed, or accepted for a device that can never prove a code')
      .option(
        '--if-changed <what>',
        'somebody changes a code of the hub in the app: restore it, accept that, or ask you first',
      )
      .option('--fixed-code <code>', 'a code that is the same for everybody; - reads it from standard input')
      .option('--nothing-to-enter', 'the door is open, or is opened by what --say tells')
      .option(
        '--say <language=text>',
        'what guests are told to do here; once per language, "en=" takes it away',
        several,
      )
      .option(...tenantOption)
      .addHelpText('after', example)
      .action(acting(cli, (slug: string, options: Options) => changeDoor(cli, verb, slug, options)))
  }
  openDoorCommands(door, cli)
  leaf(door, 'list', 'all doors; codes are masked')
    .option(...tenantOption)
    .action(acting(cli, ({ tenant }: Options) => listEntries(cli, tenant, 'doors', 'door')))
}

const example = `
A door has a device, or a fixed code, or nothing to enter (when neither is given).
  stayward door add street --name "Street door" --fixed-code 1379A --say "en=type the code, then push"
  stayward door add loft-door --name "Loft" --device locks:7001/Kp7xQ2Za --prefix 12`

async function changeDoor(cli: Cli, verb: 'add' | 'set', slug: string, { tenant, ...given }: Options) {
  const kinds = [given.device, given.fixedCode, given.nothingToEnter].filter((kind) => kind !== undefined)
  if (kinds.length > 1)
    throw wrongUsage('A door has one of --device, --fixed-code and --nothing-to-enter.', 'Give one of them.')
  const { tellAt } = given
  const ifChanged = driftPolicy(given.ifChanged)
  if (tellAt !== undefined && tellAt !== 'confirmed' && tellAt !== 'accepted')
    throw wrongUsage(`"${tellAt}" is no evidence to wait for.`, 'Give --tell-at confirmed or --tell-at accepted.')
  const says = (given.say ?? []).map(saying)
  const code = given.fixedCode === '-' ? (await cli.io.read('-')).trim() : given.fixedCode
  return await changeOne(cli, tenant, (now) => {
    const before = startFrom(now.house.doors, 'door', verb, slug)
    if (
      before?.prefix !== undefined &&
      given.device !== undefined &&
      given.device !== before.device &&
      given.prefix === undefined
    )
      throw refuse(
        `Door "${slug}" has a prefix, and the new device may ask for another.`,
        'Give --prefix with the new one, or --prefix none.',
      )
    const words = Object.entries({ ...before?.say, ...Object.fromEntries(says) }).filter(([, text]) => text !== '')
    const door: DescribedDoor = {
      name: given.name ?? before?.name ?? '',
      ...(words.length === 0 ? {} : { say: Object.fromEntries(words) }),
      ...entryOf(before, { ...given, ...(code === undefined ? {} : { fixedCode: code }) }, { tellAt, ifChanged }),
    }
    return { doors: { [slug]: door } }
  })
}

/** How the door opens from now on; what is not given stays, as far as it still fits. */
function entryOf(
  before: DescribedDoor | undefined,
  { device, prefix, fixedCode, nothingToEnter }: Options,
  { tellAt, ifChanged }: { readonly tellAt: DescribedDoor['tellAt']; readonly ifChanged: DriftPolicy | undefined },
): Partial<DescribedDoor> {
  const asked = device ?? fixedCode ?? nothingToEnter
  const code = asked === undefined ? before?.fixedCode : fixedCode
  const at = asked === undefined ? before?.device : device
  // Given for a door without a device they are passed on, so that the check can say so.
  const keys = prefix ?? (at === undefined ? undefined : before?.prefix)
  const rung = tellAt ?? (at === undefined ? undefined : before?.tellAt)
  const answer = ifChanged ?? (at === undefined ? undefined : before?.ifChanged)
  return {
    ...(at === undefined ? {} : { device: at }),
    ...(code === undefined ? {} : { fixedCode: code }),
    ...(keys === undefined || keys === 'none' ? {} : { prefix: keys }),
    ...(rung === undefined || (rung === 'confirmed' && at !== undefined) ? {} : { tellAt: rung }),
    ...(answer === undefined || (answer === 'restore' && at !== undefined) ? {} : { ifChanged: answer }),
  }
}

function driftPolicy(text: string | undefined): DriftPolicy | undefined {
  if (text === undefined || text === 'restore' || text === 'accept' || text === 'ask') return text
  throw wrongUsage(`"${text}" is nothing the hub can do.`, 'Give --if-changed restore, accept or ask.')
}

function saying(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw wrongUsage(`"${text}" names no language.`, 'Write it as --say "en=type the code, then push".')
  return [text.slice(0, at), text.slice(at + 1).trim()]
}
