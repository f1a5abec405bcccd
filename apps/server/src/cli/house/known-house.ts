import type { Adapters } from '../../adapters/load-adapters.ts'
import type { HouseFile } from './house-file.ts'

/** What a description of a house may name. */
export interface NamedConnection {
  readonly id: string
  readonly name: string
  readonly adapter: string
  readonly port: string
}

/** What a description is checked against. */
export interface KnownHouse {
  readonly house: HouseFile
  readonly connections: readonly NamedConnection[]
  readonly adapters: Adapters
}

/** Those that would do here, by name. */
export function connectionsOf(connections: readonly NamedConnection[], ports: readonly string[]): string {
  const names = connections.filter(({ port }) => ports.includes(port)).map(({ name }) => name)
  return names.length === 0
    ? 'There is none of that kind yet: stayward connection add --help'
    : `There are: ${names.join(', ')}.`
}
