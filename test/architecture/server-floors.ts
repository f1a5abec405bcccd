import { importsOf, type Source, targetOf } from './source.ts'

/**
 * The server's folders (and files beside them) from the top floor to the ground. A folder uses itself and the floors below
 * its own, never a neighbour on the same floor.
 */
export const floors: readonly (readonly string[])[] = [
  ['main', 'cli'],
  ['demo'],
  ['compose'],
  ['settings', 'adapters'],
  ['http', 'work'],
  ['api'],
  ['intake', 'auth', 'tenancy', 'alarms', 'health'],
  ['messages'],
  ['persistence'],
  ['queue'],
  ['secrets', 'telemetry', 'problem'],
]

const src = 'apps/server/src/'

/** Imports of a server's file that go up, or to a neighbour. A folder that is on no floor is reported as well. */
export function climbs(source: Source, house = floors): readonly string[] {
  const own = roomOf(source.path)
  const floor = floorOf(own, house)
  if (floor === undefined) return [`${source.path}: "${own}" is on no floor`]
  return importsOf(source).flatMap(({ specifier }) => {
    const target = targetOf(source.path, specifier)
    if (target === undefined || !target.startsWith(src)) return []
    const other = roomOf(target)
    const below = (floorOf(other, house) ?? -1) > floor
    return other === own || below ? [] : [`${source.path} (${own}, floor ${floor + 1} from the top) -> ${specifier}`]
  })
}

/** Vendors are known in two places only: the list of shipped adapters, and the demo, which also runs their fakes. */
export function vendorsOutOfPlace(source: Source): readonly string[] {
  const own = roomOf(source.path)
  return importsOf(source)
    .map(({ specifier }) => specifier)
    .filter((specifier) => /^@stayward\/(?!core(\/|$))/.test(specifier) || /^msw(\/|$)|\/testing$/.test(specifier))
    .filter((specifier) => own !== 'demo' && (own !== 'adapters' || /^msw(\/|$)|\/testing$/.test(specifier)))
    .map((specifier) => `${source.path} -> ${specifier}`)
}

function roomOf(path: string): string {
  return path.slice(src.length).split('/', 1)[0]?.replace(/\.ts$/, '') ?? ''
}

function floorOf(room: string, house: typeof floors): number | undefined {
  const floor = house.findIndex((names) => names.includes(room))
  return floor === -1 ? undefined : floor
}
