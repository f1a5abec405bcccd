import { Session } from 'node:inspector/promises'
import { basename } from 'node:path'

/** Of V8's profile, the part that this reads. Times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples?: readonly number[] | undefined
  readonly timeDeltas?: readonly number[] | undefined
}

export interface Share {
  readonly what: string
  /** Part of the time in which the process did something. */
  readonly part: number
}

export interface ProfileSummary {
  /** Part of the time in which the process did something at all. */
  readonly busy: number
  /** By package, Node's own modules, or file of ours: where the time was spent itself. */
  readonly places: readonly Share[]
  readonly functions: readonly Share[]
}

/** Watches where this process spends its time until the returned function is called. */
export async function startProfile(): Promise<() => Promise<ProfileSummary>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 500 })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return summarise(profile)
  }
}

/** Where a process spent its time, most first. */
export function summarise({ nodes, samples = [], timeDeltas = [] }: CpuProfile, most = 20): ProfileSummary {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const places = new Map<string, number>()
  const functions = new Map<string, number>()
  let idle = 0
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id)
    const time = timeDeltas[index] ?? 0
    const name = frame?.functionName ?? ''
    const place = placeOf(frame?.url ?? '', name)
    if (place === 'node:inspector') continue // the profiler itself
    if (name === '(idle)') {
      idle += time
      continue
    }
    busy += time
    places.set(place, (places.get(place) ?? 0) + time)
    const what = `${name === '' ? '(anonymous)' : name} — ${place}`
    functions.set(what, (functions.get(what) ?? 0) + time)
  }
  return { busy: busy / (busy + idle), places: top(places, busy, most), functions: top(functions, busy, most) }
}

function placeOf(url: string, name: string): string {
  if (url === '') return name.startsWith('(') ? name : 'built in'
  const packageName = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(url)?.[1]
  if (packageName !== undefined) return packageName
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/')
  return url.includes('/packages/') ? url.replace(/^.*\/packages\/(?:adapters-\w+\/)?/, '') : basename(url)
}

function top(times: ReadonlyMap<string, number>, whole: number, most: number): readonly Share[] {
  return Array.from(times, ([what, time]) => ({ what, part: time / whole }))
    .sort((a, b) => b.part - a.part)
    .slice(0, most)
}
