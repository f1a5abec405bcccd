import type { TenantStore } from '../../ports/stores.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Fingerprints } from '../../ports/secrets.ts'
import type { WorkQueue } from '../../ports/work-queue.ts'
import type { Instant } from '../../domain/instant.ts'
import type { LostTime } from '../../domain/lost-time.ts'
import { uuidOf } from '../../ports/entropy.ts'
import type { HouseSetup } from '../house-setup.ts'
import { memoryHouse } from '../memory/memory-house.ts'
import { setBack, snapshotOf } from '../memory/memory-snapshot.ts'
import { MemoryQueue } from '../memory/memory-queue.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import { otherLooks } from './disturbed.ts'
import type { Furnished } from './furnish.ts'
import { HubProcess, type HubWatcher } from './hub-process.ts'
import type { Judge } from './judge.ts'
import { judgesOf } from './judges.ts'
import { observer } from './observer.ts'
import type { Plot } from './plot.ts'
import { Random } from './random.ts'
import { Schedule } from './schedule.ts'
import { storeSite, type StoreWatcher, type StoreWeather } from './store-site.ts'
import { ticking } from './ticking.ts'
import { Truth } from './truth.ts'
import { whileCounting } from './twins.ts'
import { type OpenVendors, simulatedVendors, type Vendors } from './vendors.ts'
import type { Bookings } from './world/bookings.ts'
import type { Phones } from './world/phones.ts'
import { Weather } from './world/weather.ts'

/** A queue whose clock is the simulation's: it says when it next has something to do. */
export interface SimulatedQueue extends WorkQueue {
  nextDue(): Instant | undefined | Promise<Instant | undefined>
}

/** Where a simulated tenant is kept, freshly made for one run. */
export interface SimulatedStores {
  readonly store: TenantStore
  readonly house: HouseSetup
  /** What these stores mark their work in, when it is not the queue they were given. */
  readonly queue?: SimulatedQueue
  /** Their name for the tenant. */
  readonly tenantId?: string
  /** How they know a PIN again, when not as they were told. */
  readonly fingerprints?: Fingerprints
  /** Copies it as it is; the answer puts the copy back. */
  readonly backUp?: () => () => void
  /** Copies it as it is, queue and all; the answer is for a hub of its own. */
  readonly copy?: () => Pick<Side, 'store' | 'queue'>
}

/** Hubs that share a store. All there are, unless somebody has started one on a copy. */
export interface Side {
  readonly store: TenantStore
  readonly queue: SimulatedQueue
  readonly hubs: readonly HubProcess[]
  /** What the store has forgotten, as these hubs are told. */
  readonly lost: () => LostTime | undefined
  /** Whether webhooks come here, and judges go by what is known here. */
  counts: boolean
}

export type OpenStores = (kit: {
  readonly queue: WorkQueue
  readonly newId: () => string
  readonly fingerprint: Fingerprints['fingerprint']
  /** The simulated time. */
  readonly clock: Clock
  /** In `[0, 1)`, out of the seed. */
  readonly random: () => number
}) => SimulatedStores | Promise<SimulatedStores>

export interface WorldOptions {
  /** Where the tenant is kept; in memory when absent. */
  readonly stores?: OpenStores
  readonly queue?: SimulatedQueue
  /** Core's own, without HTTP, when absent. */
  readonly vendors?: OpenVendors
  /** Told of everything that crosses a border of the hub; for reading a run line by line. */
  readonly log?: (at: number, line: string) => void
  /** Judges besides those of the house, or somebody who only looks on. */
  readonly more?: (world: World) => readonly Judge[]
}

const tenant = 'tenant'

/** Lets another process run on this side. What judges hear of it may pass something on the way to them. */
export type HubOn = (
  number: number,
  side: Pick<Side, 'store' | 'queue' | 'lost'>,
  watchers?: {
    readonly hubs?: (watcher: HubWatcher) => HubWatcher
    readonly store?: (watcher: StoreWatcher) => StoreWatcher
  },
) => HubProcess

/** Everything of one run, alive. */
export interface World {
  readonly plot: Plot
  readonly tenantId: string
  readonly schedule: Schedule
  readonly truth: Truth
  readonly weather: Weather
  readonly storeWeather: ReturnType<typeof storeWeatherOf>
  readonly vendors: Vendors
  readonly bookings: Bookings
  readonly phones: Phones
  readonly queue: SimulatedQueue
  readonly hubs: readonly HubProcess[]
  readonly judges: readonly Judge[]
  readonly ids: Furnished
  readonly house: HouseSetup
  readonly store: TenantStore
  readonly backUp: () => () => void
  readonly copy: () => Pick<Side, 'store' | 'queue'>
  /** The hubs, and those on a copy. */
  readonly sides: [Side, ...Side[]]
  readonly hubOn: HubOn
  /** Webhooks announced so far, and which of them never come. */
  readonly webhooks: { announced: number; readonly dropped: Set<number> }
  /** What the store has forgotten, as the hubs are told. */
  readonly lost: { current?: LostTime }
  /** Changes with everything that happens, so that equal runs can be told from others. */
  readonly trace: { hash: number }
  readonly calls: Map<string, number>
}

export async function makeWorld(
  plot: Plot,
  { stores = memoryStores, vendors: open = simulatedVendors, queue, log, more }: WorldOptions,
): Promise<World> {
  const { seed } = plot
  const schedule = new Schedule(plot.start)
  const entropy = { bytes: (count: number) => secrets.bytes(count) }
  const secrets = new Random(seed, 'entropy')
  const ids = new Random(seed, 'ids')
  const newId = () => uuidOf({ bytes: (count) => ids.bytes(count) })
  const jitter = new Random(seed, 'jitter')
  const random = () => jitter.share()
  const given: SimulatedQueue = queue ?? new MemoryQueue({ random })
  const weather = new Weather(schedule, new Random(seed, 'calls'))
  const storeWeather = storeWeatherOf(schedule, new Random(seed, 'store'))
  const judges: Judge[] = []
  const watch = observer(judges)
  const vendors = open({ plot, schedule, weather, watch })
  const { bookings, phones, keypads } = vendors
  const truth = new Truth(plot, schedule, bookings, keypads)
  for (const scene of plot.scenes) truth.health.addScene(scene)
  const fingerprint = (deviceId: string, pin: string) => `${deviceId} ${pin}`
  const lost: World['lost'] = {}
  const clock: Clock = { now: () => schedule.instant() }
  const opened = await stores({ queue: given, newId, fingerprint, clock, random })
  const { store, house, backUp = noBackUp, copy = noBackUp, queue: work = given, tenantId = tenant } = opened
  const { fingerprints = { fingerprint } } = opened
  const furnished = await vendors.furnish(house)
  for (const [door, id] of furnished.devices) truth.deviceIds.set(`device-${door}`, id)
  for (const [index, id] of furnished.locks.entries()) truth.lockIds.set(`lock-${index}`, id)
  const trace = { hash: 0 }
  const calls = new Map<string, number>()
  watch.of({ truth, trace, calls, ...(log ? { log } : {}) })
  weather.watcher = watch.calls
  const stored = vendors.inOurWords?.(watch.store) ?? watch.store
  const storeRandom = new Random(seed, 'statements')
  const instead = otherLooks(plot, store, furnished)
  const hubOn: HubOn = (number, { store: own, queue: ours, lost: forgotten }, watchers = {}) =>
    new HubProcess(number, {
      schedule,
      queue: ours,
      entropy,
      watcher: watchers.hubs?.(watch.hubs) ?? watch.hubs,
      store: (process) => {
        const watcher = watchers.store?.(stored) ?? stored
        return storeSite(own, process, storeWeather, { schedule, random: storeRandom, watcher })
      },
      providers: (process) => vendors.providers(process, furnished),
      ...(vendors.writer ? { writer: vendors.writer } : {}),
      lostTime: forgotten,
      fingerprints,
      ...(instead ? { instead } : {}),
    })
  const hubs: HubProcess[] = []
  const side: Side = { store, queue: work, hubs, lost: () => lost.current, counts: true }
  const first = { hubs: whileCounting(side), store: whileCounting(side) }
  for (let number = 0; number < plot.hubs; number += 1) hubs.push(hubOn(number, side, first))
  const family = [...judgesOf(truth), ...(vendors.judges?.(truth) ?? [])]
  judges.push(...family, ticking(truth, family))
  watch.hubsAre(hubs)
  const world: World = {
    plot,
    tenantId,
    schedule,
    truth,
    weather,
    storeWeather,
    vendors,
    bookings,
    phones,
    queue: work,
    hubs,
    judges,
    ids: furnished,
    house,
    store,
    backUp,
    copy,
    sides: [side],
    hubOn,
    webhooks: { announced: 0, dropped: new Set() },
    lost,
    trace,
    calls,
  }
  judges.push(...(more?.(world) ?? []))
  return world
}

const memoryStores: OpenStores = ({ queue, newId, fingerprint }) => {
  if (!(queue instanceof MemoryQueue)) throw new TypeError('memory stores need a memory queue')
  const store = new MemoryStore({ tenantId: tenant, queue, fingerprints: { fingerprint }, newId })
  const backUp = () => {
    const snapshot = snapshotOf(store.state)
    return () => setBack(store.state, snapshot)
  }
  const copy = () => {
    const work = queue.copy()
    const twin = new MemoryStore({ tenantId: tenant, queue: work, fingerprints: { fingerprint }, newId })
    setBack(twin.state, snapshotOf(store.state))
    return { store: twin, queue: work }
  }
  return { store, house: memoryHouse(store.state, newId), backUp, copy }
}

const noBackUp = () => {
  throw new TypeError('these stores cannot be copied')
}

function storeWeatherOf(schedule: Schedule, random: Random) {
  const windows: { readonly until: number; readonly share: number; readonly state: 'away' | 'answer lost' }[] = []
  return {
    latency: random.chance(0.8) ? 0 : random.of([4, 30]),
    begin: (until: number, share: number, state: 'away' | 'answer lost') => windows.push({ until, share, state }),
    next: () => {
      if (windows.length === 0) return 'fine'
      const hit = windows.find(({ until, share }) => until > schedule.now && random.chance(share))
      return hit?.state ?? 'fine'
    },
    isAway: () => windows.some(({ until, state }) => state === 'away' && until > schedule.now),
  } satisfies StoreWeather & { begin: unknown; isAway: unknown }
}
