import type { Mark } from '../../ports/work-queue.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import { adoptByHand } from './adopt-by-hand.ts'
import { decideLosses } from './decide-losses.ts'
import { forge } from './forger.ts'
import { sourceOf } from './furnish.ts'
import { flood } from './neighbour.ts'
import { minute, type Scene } from './plot.ts'
import { Random } from './random.ts'
import { stageSetBack } from './set-back.ts'
import { stageTwin } from './twins.ts'
import type { Post } from './vendors.ts'
import type { Side, World } from './world.ts'
import type { Entry } from './world/keypad.ts'

/** Puts every scene of the plot where it belongs in time. */
export function stage(world: World): void {
  const { plot, schedule } = world
  webhooks(world)
  for (const [door, { foreign }] of plot.house.doors.entries())
    for (const pin of foreign) {
      const keypad = world.truth.keypads[door]
      const length = keypad?.plot.pinLength ?? 6
      keypad?.write({ label: 'Cleaner', pin: pin.slice(0, length), from: null, until: null }, undefined)
    }
  for (const scene of plot.scenes) schedule.at(scene.at, () => play(world, scene))
  if (plot.neighbour) flood(world, plot.neighbour)
  for (const scene of plot.scenes) {
    if (scene.do === 'set-back') stageSetBack(world, scene)
    if (scene.do === 'twin') stageTwin(world, scene)
  }
}

function play(world: World, scene: Scene): void {
  const { plot, schedule, truth, weather, storeWeather, hubs } = world
  const counted = 'fault' in scene ? scene.fault : codes[scene.do]
  if (counted !== undefined) world.calls.set(`fault ${counted}`, (world.calls.get(`fault ${counted}`) ?? 0) + 1)
  switch (scene.do) {
    case 'book':
      return applyTo(world, scene)
    case 'change':
      return scene.uponSend === undefined ? applyTo(world, scene) : uponSend(world, scene, scene.uponSend)
    case 'weather':
      if (scene.fault === 'N4') truth.happened('a quota was used up by others')
      return weather.begin(scene)
    case 'deaf':
    case 'set-back':
    case 'twin':
      return
    case 'drop':
      world.webhooks.dropped.add(scene.webhook)
      return
    case 'swap':
      schedule.swap(scene.event)
      return
    case 'unmap':
      return unmap(world, scene)
    case 'vanish':
      return vanish(world, scene)
    case 'account':
      world.bookings.account = 'account-2'
      schedule.at(scene.until, () => {
        world.bookings.account = 'account-1'
      })
      return
    case 'forge':
      return forge(world, scene, new Random(plot.seed, `forge ${scene.at}`))
    case 'freeze-in':
      return freezeIn(world, scene)
    case 'brake-word':
      return decideLosses(world, scene)
    case 'store':
      storeWeather.begin(scene.until, scene.share, scene.fault === 'S5' ? 'away' : 'answer lost')
      return
    case 'offline':
      truth.keypads[scene.door]?.goOffline()
      schedule.at(scene.until, () => truth.keypads[scene.door]?.comeBack())
      return
    case 'slow-sync':
      truth.keypads[scene.door]?.slowDown(1)
      schedule.at(scene.until, () => truth.keypads[scene.door]?.slowDown(-1))
      return
    case 'hand':
      return byHand(world, scene)
    case 'adopt':
      return adoptByHand(world, scene)
    case 'kill':
      hubs[scene.hub]?.die(scene.until)
      schedule.at(scene.until, () => {})
      return
    case 'die-at': {
      const hub = hubs[scene.hub]
      const { until, again } = scene
      if (hub) hub.diesAt = { left: scene.site, until, downFor: 2000, ...(again === undefined ? {} : { again }) }
      return
    }
    case 'clock': {
      const hub = hubs[scene.hub]
      if (hub) hub.clock = scene
      return
    }
    case 'freeze': {
      const hub = hubs[scene.hub]
      if (!hub?.isUp) return
      hub.freeze(scene.until)
      schedule.at(scene.until, () => {})
      return
    }
  }
}

function applyTo(world: World, scene: Extract<Scene, { do: 'book' | 'change' }>): void {
  const stay = world.bookings.apply(scene)
  for (const judge of world.judges) judge.staged?.(stay, stay.now)
}

/** G8: changes the booking as soon as a message to its guest leaves, or is looked up, and makes that take a while. */
function uponSend(world: World, scene: Extract<Scene, { do: 'change' }>, latest: number): void {
  const { weather, schedule, truth } = world
  let isDone = false
  const change = () => {
    if (isDone) return
    isDone = true
    applyTo(world, scene)
  }
  schedule.at(latest, change)
  const { watcher } = weather
  if (!watcher) return
  weather.watcher = {
    ended: (record, process) => watcher.ended(record, process),
    started: (call, process) => {
      if (!isDone && truth.refs.get(truth.sends.bookingOf(call) ?? '') === scene.stay) {
        const { where, operation } = call
        const slow = { do: 'weather', where, call: operation, as: 'ok-late', share: 1, times: 1, fault: 'G8' } as const
        truth.happened('a booking changed while a message to its guest was on its way')
        weather.begin({ ...slow, at: schedule.now, until: schedule.now + minute })
        change()
      }
      watcher.started(call, process)
    },
  }
}

/** X4, in the middle of a call: the process wakes when another one has long taken its place. */
function freezeIn({ weather, schedule, hubs, truth }: World, scene: Extract<Scene, { do: 'freeze-in' }>): void {
  const { watcher } = weather
  if (!watcher) return
  let isDone = false
  weather.watcher = {
    ended: (record, process) => watcher.ended(record, process),
    started: (call, process) => {
      watcher.started(call, process)
      const hub = hubs.find((one) => one === process)
      if (isDone || !hub || call.operation !== scene.call) return
      isDone = true
      const until = schedule.now + scene.until - scene.at
      truth.happened('a process froze in the middle of a call')
      hub.freeze(until)
      schedule.at(until, () => {})
    },
  }
}

/** A person's mistake: no flat of the booking system has a door any more, until somebody sees it. */
function unmap({ schedule, house, ids, queue, truth, tenantId }: World, scene: Extract<Scene, { do: 'unmap' }>): void {
  const link = (isLinked: boolean) =>
    schedule.begin(async () => {
      for (const [index, unit] of ids.units.entries())
        await house.linkUnit(unit, isLinked ? [sourceOf(ids.source, index)] : [])
      const marks = Array.from(truth.refs.keys(), (key) => ({ kind: 'booking', key, why: 'edit' }) as const)
      await queue.mark(tenantId, marks, [], schedule.instant())
    })
  link(false)
  schedule.at(scene.until, () => link(true))
}

/** A booking is gone and comes back; both are announced. */
function vanish({ bookings, schedule }: World, { stay, until }: Extract<Scene, { do: 'vanish' }>): void {
  bookings.hidden.add(stay)
  bookings.announce(stay)
  schedule.at(until, () => {
    bookings.hidden.delete(stay)
    bookings.announce(stay)
  })
}

const codes: Partial<Record<Scene['do'], string>> = {
  'slow-sync': 'V4',
  hand: 'V11',
  adopt: 'V11',
  kill: 'X2',
  'die-at': 'X1',
  freeze: 'X4',
  'freeze-in': 'X4',
  drop: 'W1',
  unmap: 'P13',
  'brake-word': 'P17',
  'set-back': 'S7',
  twin: 'S8',
  forge: 'W9',
}

/** What somebody with the lock's app does, who does not know what the hub is. */
function byHand({ truth, plot, schedule }: World, { door, act }: Extract<Scene, { do: 'hand' }>): void {
  const keypad = truth.keypads[door]
  if (!keypad) return
  keypad.touchedAt = schedule.now
  const random = new Random(plot.seed, `hand ${schedule.now}`)
  const ours = [...keypad.cloud.values()].filter(({ mark }) => mark !== undefined)
  if (act === 'add') {
    const pin = String(100_000 + random.below(900_000)).slice(0, keypad.plot.pinLength)
    keypad.write({ label: 'By hand', pin, from: null, until: null }, undefined)
    return
  }
  if (act === 'make room') {
    const standing = [...keypad.cloud.values()].find(({ mark }) => mark === undefined)
    if (standing) keypad.remove(standing.ref)
    return
  }
  // Dates that the vendor does not show could never be missed.
  if (ours.length === 0 || (act === 'window' && !keypad.plot.readsWindow)) return
  const entry: Entry = random.of(ours)
  if (act === 'delete') keypad.remove(entry.ref)
  else if (act === 'disable') keypad.put({ ...entry, enabled: false })
  else keypad.put({ ...entry, until: (entry.until ?? schedule.now) - 7_200_000 })
}

/** Carries what booking system and texting service announce to whichever hub is up. */
function webhooks(world: World): void {
  const { plot, schedule, bookings, phones, ids, judges, storeWeather, sides, tenantId } = world
  const counting = (): Side => sides.find(({ counts }) => counts) ?? sides[0]
  const { webhooks: count } = world
  const random = new Random(plot.seed, 'webhooks')
  const deaf = plot.scenes.filter((scene) => scene.do === 'deaf')
  const hit = (fault: 'W1' | 'W2' | 'W4') => {
    const { now } = schedule
    return deaf.some((one) => one.fault === fault && one.at <= now && now < one.until && random.chance(one.share))
  }
  const deliver = (take: () => Promise<void>, tries: number) => {
    if (!counting().hubs.some(({ isUp }) => isUp) || storeWeather.isAway()) {
      if (tries < 5) schedule.at(schedule.now + minute, () => deliver(take, tries + 1))
      return
    }
    schedule.begin(take)
  }
  const announce: Post['announce'] = (take) => {
    count.announced += 1
    if (count.dropped.has(count.announced) || hit('W1')) return
    const late = hit('W4') ? random.below(300) * minute : 0
    const times = hit('W2') ? random.from(2, 12) : 1
    for (let copy = 0; copy < times; copy += 1)
      schedule.atPort(schedule.now + late + random.from(100, 2000) + copy * random.below(120_000), () =>
        deliver(take, 0),
      )
  }
  const mark = (marks: readonly Mark[]) => counting().queue.mark(tenantId, marks, [], schedule.instant())
  const fetch = (key: string) => mark([{ kind: 'fetch', key, why: 'nudge' }])
  const acknowledged = (ref: string) => {
    for (const judge of judges) judge.acknowledged?.(ref)
  }
  bookings.announce = (ref) =>
    announce(async () => {
      await fetch(`${ids.source}/${ref}`)
      acknowledged(ref)
    })
  phones.announce = (key) => announce(() => fetch(`${ids.sms}/${key}`))
  const keep: Post['keep'] = async (marks, connectionId, facts) => {
    const { store } = counting()
    if (store instanceof MemoryStore) store.hear(connectionId, facts)
    await mark(marks)
  }
  world.vendors.announceBy?.({ announce, keep, acknowledged })
}
