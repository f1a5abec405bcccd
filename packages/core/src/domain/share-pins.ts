import { choosePin, hasFreePin, obeys, type PinRules } from './pin.ts'

/** One device of a path, and what it means for the stay's PINs. */
export interface PinPlace {
  readonly deviceId: string
  readonly rules: PinRules
  /** The stay's PIN on it by now; absent where it needs one, or another one. */
  readonly holds?: string
  /** It is the PIN of a code that was made by hand and given to the stay: no other one for the sake of the other doors. */
  readonly keeps?: true
  /** Whether somebody else has this PIN here, or had it too short a time ago. */
  readonly taken: (pin: string) => boolean
}

export interface PinSharing {
  /** In the order of the path. */
  readonly places: readonly PinPlace[]
  /** PINs that the stay has, or had and the guest may remember: taken up again rather than a new one, the first first. */
  readonly known: readonly string[]
  /** As in `PinNeed`. */
  readonly draw: (below: number) => number
}

export interface SharedPins {
  /** By device; a device that keeps its PIN is not among them. */
  readonly pins: ReadonlyMap<string, string>
  /** Whether a new PIN was drawn. */
  readonly fresh: boolean
  /** Devices that no PIN is left for. */
  readonly without: readonly PinPlace[]
}

/** Some devices that can have one PIN, and the known one that suits them all, if there is one. */
interface Group {
  readonly places: readonly PinPlace[]
  readonly known?: string
}

/**
 * One PIN for all doors of a path where their devices allow it, else the fewest. A device that needs a PIN joins one that
 * the stay uses on another door; only where none suits it are the doors divided anew, into as few groups as can be, and
 * among those divisions into one that leaves most doors the PIN they have. The division itself takes nothing from `draw`.
 */
export function sharePins({ places, known, draw }: PinSharing): SharedPins {
  const needing = places.filter(({ holds }) => holds === undefined)
  if (needing.length === 0) return { pins: new Map(), fresh: false, without: [] }
  const used = [...new Set(places.flatMap(({ holds }) => holds ?? []))]
  const joined = needing.map((place) => [place, used.find((pin) => suits(place, pin))] as const)
  if (joined.every(([, pin]) => pin !== undefined))
    return {
      pins: new Map(joined.flatMap(([place, pin]) => (pin === undefined ? [] : [[place.deviceId, pin]]))),
      fresh: false,
      without: [],
    }

  const candidates = [...new Set([...used, ...known])]
  const isPossible = ({ rules, taken, holds }: PinPlace) =>
    holds !== undefined || candidates.some((pin) => obeys(pin, rules) && !taken(pin)) || hasFreePin([rules], taken)
  const possible = places.filter(isPossible)
  const pins = new Map<string, string>()
  let fresh = false
  for (const group of fewestGroups(possible, candidates)) {
    const pin = group.known ?? drawFor(group.places, draw)
    if (group.known === undefined) fresh = true
    for (const { deviceId, holds } of group.places) if (holds !== pin) pins.set(deviceId, pin)
  }
  return { pins, fresh, without: places.filter((place) => !possible.includes(place)) }
}

/** What a device holds for the stay suits it, whatever else is said. */
export function suits({ rules, taken, holds, keeps }: PinPlace, pin: string): boolean {
  return holds === pin || (!keeps && obeys(pin, rules) && !taken(pin))
}

/** The group these places make, or nothing where no one PIN suits them all. */
function groupOf(places: readonly PinPlace[], candidates: readonly string[]): Group | undefined {
  const fitting = candidates.filter((pin) => places.every((place) => suits(place, pin)))
  const keeping = (pin: string) => places.filter(({ holds }) => holds === pin).length
  const known = fitting.toSorted((a, b) => keeping(b) - keeping(a))[0]
  if (known !== undefined) return { places, known }
  const isFree = () =>
    hasFreePin(
      places.map(({ rules }) => rules),
      (pin) => places.some(({ taken }) => taken(pin)),
    )
  return !places.some(({ keeps }) => keeps) && isFree() ? { places } : undefined
}

/** Tries one group, then two, and so on; every place has a group of its own at the latest. */
function fewestGroups(places: readonly PinPlace[], candidates: readonly string[]): readonly Group[] {
  const seen = new Map<string, Group | undefined>()
  const group = (members: readonly PinPlace[]) => {
    const key = members.map(({ deviceId }) => deviceId).join()
    if (!seen.has(key)) seen.set(key, groupOf(members, candidates))
    return seen.get(key)
  }
  for (let most = 1; most <= places.length; most += 1) {
    const [best] = divisions(places, most, group).toSorted((a, b) => kept(b) - kept(a))
    if (best) return best
  }
  return []
}

const kept = (groups: readonly Group[]) =>
  groups.reduce(
    (sum, { places, known }) => sum + places.filter(({ holds }) => holds !== undefined && holds === known).length,
    0,
  )

/** Every way to divide the places into at most so many groups: each joins a group that is there, or begins the next one. */
function divisions(
  places: readonly PinPlace[],
  most: number,
  group: (members: readonly PinPlace[]) => Group | undefined,
): Group[][] {
  let found: Group[][] = [[]]
  for (const place of places) {
    found = found.flatMap((groups) => {
      const joining = groups.flatMap((one, index) => {
        const joined = group([...one.places, place])
        return joined ? [groups.with(index, joined)] : []
      })
      const alone = groups.length < most ? group([place]) : undefined
      return alone ? [...joining, [...groups, alone]] : joining
    })
  }
  return found
}

function drawFor(places: readonly PinPlace[], draw: (below: number) => number): string {
  const choice = choosePin({
    rules: places.map(({ rules }) => rules),
    taken: (pin) => places.some(({ taken }) => taken(pin)),
    draw,
  })
  if (choice.status === 'impossible') throw new TypeError('a group of doors was thought to have a free PIN')
  return choice.pin
}
