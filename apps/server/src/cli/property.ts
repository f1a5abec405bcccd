import type { Command } from 'commander'
import { acting, type Cli, family, leaf, tenantOption } from './cli.ts'
import { changeOne, listEntries, startFrom } from './house/single-change.ts'

interface Options {
  readonly tenant?: string
  readonly name?: string
  readonly zone?: string
  readonly checkIn?: string
  readonly checkOut?: string
  readonly earliestCheckIn?: string
  readonly latestCheckOut?: string
}

export function propertyCommands(program: Command, cli: Cli): void {
  const property = family(program, 'property', 'houses: time zone, and hours of check-in and check-out')
  for (const verb of ['add', 'set'] as const) {
    const command = leaf(
      property,
      `${verb} <short-name>`,
      verb === 'add' ? 'describe a new house' : 'change what is given; the rest stays',
    )
    const needed = verb === 'add' ? command.requiredOption.bind(command) : command.option.bind(command)
    needed('--name <name>', 'as guests read it: "Quai House"')
    needed('--zone <zone>', 'its time zone: Europe/Paris')
    needed('--check-in <time>', 'from when guests may come in: 15:00')
    needed('--check-out <time>', 'until when they have left: 11:00')
    command
      .option('--earliest-check-in <time>', 'an earlier check-in agreed for one stay counts from here on')
      .option('--latest-check-out <time>', 'a later check-out agreed for one stay counts until here')
      .option(...tenantOption)
      .action(acting(cli, (slug: string, options: Options) => changeProperty(cli, verb, slug, options)))
  }
  leaf(property, 'list', 'all houses')
    .option(...tenantOption)
    .action(acting(cli, ({ tenant }: Options) => listEntries(cli, tenant, 'properties', 'property')))
}

async function changeProperty(cli: Cli, verb: 'add' | 'set', slug: string, { tenant, ...given }: Options) {
  const { name, zone, checkIn, checkOut, earliestCheckIn, latestCheckOut } = given
  return await changeOne(cli, tenant, (now) => {
    const before = startFrom(now.house.properties, 'property', verb, slug)
    const property = {
      name: name ?? before?.name ?? '',
      zone: zone ?? before?.zone ?? '',
      checkIn: checkIn ?? before?.checkIn ?? '',
      checkOut: checkOut ?? before?.checkOut ?? '',
      ...pick('earliestCheckIn', earliestCheckIn ?? before?.earliestCheckIn),
      ...pick('latestCheckOut', latestCheckOut ?? before?.latestCheckOut),
    }
    return { properties: { [slug]: property } }
  })
}

function pick<Name extends string>(name: Name, value: string | undefined): { readonly [Key in Name]?: string } {
  // The computed key is exactly Name; TypeScript widens it to string.
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string }
}
