import { instantOf } from '../../domain/instant.ts'
import { limits } from '../../domain/limits.ts'
import type { LostTime } from '../../domain/lost-time.ts'
import type { Look } from '../../ports/work-queue.ts'
import type { HubProcess } from './hub-process.ts'
import { isWrite } from './outcomes.ts'
import type { Scene } from './plot.ts'
import { lookAtAll } from './set-back.ts'
import type { StoreWatcher } from './store-site.ts'
import type { Side, World } from './world.ts'

type Twin = Extract<Scene, { do: 'twin' }>

/** So far behind the hubs at work a copy knows itself to be, milliseconds: two beats of the counter in the database. */
const beats = 10_000

/**
 * S8: a hub works on a copy of the store while the others go on, at the same doors, bookings and phones. It has been told that
 * it is behind; once a person has said that the copy counts, the others are told that theirs is the older one.
 */
export function stageTwin(world: World, scene: Twin): void {
  const { schedule, truth, sides, hubOn, copy } = world
  const [original] = sides
  schedule.at(scene.at - scene.back, () => {
    const from = schedule.now
    const { store, queue } = copy()
    const knowAgain = truth.remember()
    schedule.at(scene.at, () => {
      const hubs: HubProcess[] = []
      const twin: Side = { store, queue, hubs, lost: () => lostOf(from, scene, schedule.now), counts: false }
      const missed: (() => void)[] = []
      const heard = (watcher: StoreWatcher): StoreWatcher => ({
        stored: (...told) => {
          if (twin.counts) watcher.stored(...told)
          else missed.push(() => watcher.stored(...told))
        },
        answerLost: (name) => {
          if (twin.counts) watcher.answerLost(name)
        },
      })
      hubs.push(hubOn(original.hubs.length, twin, { hubs: whileCounting(twin), store: heard }))
      sides.push(twin)
      judgeOlder(world, twin, scene)
      truth.happened('a hub worked on a copy of the store')
      lookAtAll(world, queue)
      schedule.at(scene.until, () => {
        if (!scene.counts) return hubs.forEach((hub) => hub.die(Number.POSITIVE_INFINITY))
        original.counts = false
        twin.counts = true
        world.lost.current = { from: instantOf(from), until: schedule.instant() }
        // What counts from now on is what the copy knew, and what its hub has found since.
        knowAgain()
        for (const hear of missed) hear()
        truth.happened('a copy of the store was confirmed beside the original')
        lookAtAll(world, queue)
        lookAtAll(world, original.queue)
        schedule.at(scene.until + limits.readsFirst, () => lookAtAll(world, queue))
      })
    })
  })
}

/** What a hub on the copy is told: everything since it was made, until a person has confirmed it. */
function lostOf(from: number, { at, until, counts }: Twin, now: number): LostTime {
  const goesOn = until + limits.readsFirst
  const to = counts && now >= until ? until : Math.max(at, now - (now % beats))
  return {
    from: instantOf(from),
    until: instantOf(to),
    ...(counts && now >= goesOn ? { confirmedAt: instantOf(goesOn) } : {}),
  }
}

/** R2: of two hubs the one on the older copy changes nothing. Judges of everything else go by what the other one does. */
function judgeOlder({ weather, truth }: World, twin: Side, { until, counts }: Twin): void {
  const { watcher } = weather
  if (!watcher) return
  const isOlder = (process: unknown, at: number) => twin.hubs.some((hub) => hub === process) !== (counts && at >= until)
  weather.watcher = {
    started: (started, process) => {
      if (!isOlder(process, truth.now)) return watcher.started(started, process)
      const { kind } = started.call as Look // the engine hands its look over as the call
      truth.check('R2', !isWrite(started.operation) || kind === 'alarms', () => {
        return `${started.operation} leaves for ${started.where} from a hub on the older of two copies.`
      })
    },
    ended: (record, process) => {
      if (!isOlder(process, record.startedAt)) watcher.ended(record, process)
    },
  }
}

/** Passes on what is told while this side counts, and bugs always. */
export function whileCounting(side: Side) {
  return <Watcher extends object>(watcher: Watcher): Watcher =>
    new Proxy(watcher, {
      get: (target, name) => {
        const told: unknown = Reflect.get(target, name)
        if (typeof told !== 'function') return told
        return (...args: unknown[]): unknown =>
          side.counts || name === 'bug' ? Reflect.apply(told, target, args) : undefined
      },
    })
}
