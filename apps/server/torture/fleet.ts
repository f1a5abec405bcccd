import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { type ChildHub, runChild } from '../test/hub/child-hub.ts'
import type { HubGiven, Role } from './hub.ts'

/** One place in the fleet: when its process dies, another takes it at once, on the same port. */
export interface Slot {
  readonly number: number
  readonly role: Role
  readonly url: string
}

export interface Kill {
  readonly slot: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Something the hub said that an outage does not explain. */
export interface Complaint {
  readonly text: string
  times: number
}

export interface Fleet {
  readonly slots: readonly Slot[]
  readonly kills: readonly Kill[]
  readonly starts: () => number
  readonly complaints: () => readonly Complaint[]
  /**
   * Kills one by chance, also while it starts; but as long as no two of them listen, those that start are spared, or a slow
   * machine would never see one listen. False when there is none to kill.
   */
  killOne(): boolean
  /** Resolves when all of them listen. */
  allListen(signal: AbortSignal): Promise<void>
  /** Ends all of them in order. Resolves to their exit codes, or the signals that ended them. */
  stop(): Promise<readonly (number | NodeJS.Signals)[]>
  /** Ends all of them at once. */
  abandon(): Promise<void>
}

export interface FleetOptions {
  readonly roles: readonly Role[]
  readonly ports: readonly number[]
  /** What each is started with. */
  readonly given: (slot: number) => HubGiven
  readonly env: (slot: number) => Readonly<Record<string, string>>
  readonly random: () => number
}

interface Place extends Slot {
  hub: ChildHub
  listening: boolean
}

/** Milliseconds a start may take on a machine that has much else to do. */
const busyStart = 10 * 60_000

/** Starts the hub processes, and each of them again whenever it ends. */
export function startFleet({ roles, ports, given, env, random }: FleetOptions): Fleet {
  const kills: Kill[] = []
  const complaints = new Map<string, Complaint>()
  let starts = 0
  let stopping = false
  const complain = (text: string) => {
    const known = complaints.get(text)
    if (known) known.times++
    else complaints.set(text, { text, times: 1 })
  }
  const launch = (number: number): ChildHub => {
    starts++
    return runChild(`/${join(import.meta.dirname, 'hub.ts').replace(/^\//, '')}`, env(number), [
      JSON.stringify(given(number)),
    ])
  }
  const places = roles.map(
    (role, number): Place => ({
      number,
      role,
      url: `http://127.0.0.1:${ports[number]}`,
      hub: launch(number),
      listening: false,
    }),
  )
  const keepUp = async (place: Place) => {
    for (;;) {
      const { hub } = place
      place.listening = await hub.listening(busyStart).then(
        () => true,
        () => false, // it ended before, and what it said is read below
      )
      const ended = await hub.ended
      place.listening = false
      for (const line of hub.out().split('\n')) errorsIn(line).forEach(complain)
      // A start that meets no database says so and ends; whoever runs the hub starts it again.
      const said = hub.complaints()
      if (ended !== 'SIGKILL' && said !== '' && !said.startsWith('The database does not answer.'))
        complain(firstLine(said))
      if (stopping) return
      if (ended !== 'SIGKILL') await sleep(250)
      place.hub = launch(place.number)
    }
  }
  const kept = places.map((place) => keepUp(place))
  return {
    slots: places,
    kills,
    starts: () => starts,
    complaints: () => [...complaints.values()],
    killOne() {
      const up = places.filter(({ listening }) => listening)
      const some = up.length < 2 ? up : places
      const place = some[Math.floor(random() * some.length)]
      if (!place) return false
      place.listening = false
      kills.push({ slot: place.number, at: Date.now() })
      place.hub.child.kill('SIGKILL')
      return true
    },
    async allListen(signal) {
      while (!places.every(({ listening }) => listening)) await sleep(100, undefined, { signal })
    },
    async stop() {
      stopping = true
      const codes = await Promise.all(places.map(({ hub }) => hub.end('SIGTERM')))
      await Promise.all(kept)
      return codes
    },
    async abandon() {
      stopping = true
      await Promise.all(places.map(({ hub }) => hub.end('SIGKILL')))
      await Promise.all(kept)
    },
  }
}

/** Lines of the log that stand for a bug: what an outage explains is a warning. */
function errorsIn(line: string): string[] {
  if (!line.startsWith('{')) return []
  const entry = parsed(line)
  if (entry?.level !== 'error' && entry?.level !== 'fatal') return []
  const { type = '', errorCode = '', at = [] } = entry.err ?? {}
  return [[entry.msg ?? '', type, errorCode, at.slice(0, 3).join(' ')].filter((part) => part !== '').join(' | ')]
}

interface Entry {
  readonly level?: string
  readonly msg?: string
  readonly err?: { readonly type?: string; readonly errorCode?: string; readonly at?: readonly string[] }
}

function parsed(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry // the hub's own log
  } catch {
    return undefined // cut off by the kill
  }
}

function firstLine(text: string): string {
  return text.slice(0, 600).split('\n').slice(0, 6).join(' ')
}
