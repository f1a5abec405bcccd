import type { Command } from 'commander'
import { acting, type Cli, family, leaf, several, tenantOption } from './cli.ts'
import { changeOne, listEntries, startFrom } from './house/single-change.ts'

interface Options {
  readonly tenant?: string
  readonly name?: string
  readonly property?: string
  readonly path?: string
  readonly source?: readonly string[]
  readonly addSource?: readonly string[]
  readonly removeSource?: readonly string[]
}

export function unitCommands(program: Command, cli: Cli): void {
  const unit = family(program, 'unit', 'the flats that guests book, and the way to each')
  for (const verb of ['add', 'set'] as const) {
    const command = leaf(
      unit,
      `${verb} <short-name>`,
      verb === 'add' ? 'describe a new flat' : 'change what is given; the rest stays',
    )
    const needed = verb === 'add' ? command.requiredOption.bind(command) : command.option.bind(command)
    needed('--name <name>', 'as guests read it: "Loft Nord"')
    needed('--property <short-name>', 'the house it is in')
    needed('--path <doors>', 'short names of the doors from the street to the flat: street,lobby,loft-door')
    command.option('--source <connection:flat>', 'its id in a booking system; see: stayward connection units', several)
    if (verb === 'set')
      command
        .option('--add-source <connection:flat>', 'one more, beside those it has', several)
        .option('--remove-source <connection:flat>', 'one less', several)
    command
      .option(...tenantOption)
      .addHelpText('after', example)
      .action(acting(cli, (slug: string, options: Options) => changeUnit(cli, verb, slug, options)))
  }
  leaf(unit, 'list', 'all flats, the way to each, and the booking systems they are linked to')
    .option(...tenantOption)
    .action(acting(cli, ({ tenant }: Options) => listEntries(cli, tenant, 'units', 'unit')))
}

const example = `
Guests with a stay in it are looked at again: a changed way gives them codes for the new doors first, then tells them.
  stayward unit add loft --property quai-house --name "Loft Nord" --path street,lobby,loft-door --source smoobu:700101`

async function changeUnit(cli: Cli, verb: 'add' | 'set', slug: string, { tenant, ...given }: Options) {
  return await changeOne(cli, tenant, (now) => {
    const before = startFrom(now.house.units, 'unit', verb, slug)
    const removed = new Set(given.removeSource)
    const sources = [...(given.source ?? before?.sources ?? []), ...(given.addSource ?? [])]
    const unit = {
      name: given.name ?? before?.name ?? '',
      property: given.property ?? before?.property ?? '',
      path: given.path === undefined ? (before?.path ?? []) : listOf(given.path),
      sources: Array.from(new Set(sources)).filter((source) => !removed.has(source)),
    }
    if (unit.sources.length === 0)
      cli.out.note(`No booking system is linked to "${slug}": its bookings cannot arrive. Give --source.`)
    return { units: { [slug]: unit } }
  })
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
