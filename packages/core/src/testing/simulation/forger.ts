import { limits } from '../../domain/limits.ts'
import { millisecondsOf } from '../../domain/instant.ts'
import type { Effects, FoundBookings } from '../../ports/stores.ts'
import type { Look, Mark } from '../../ports/work-queue.ts'
import { MemoryQueue } from '../memory/memory-queue.ts'
import type { Judge } from './judge.ts'
import { minute, type Plot, type Scene } from './plot.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

type Forgery = Extract<Scene, { do: 'forge' }>

/** What a stranger who knows the address makes up: about what there is not, about stays that there are, and about everything. */
export function drawForgeries(random: Random, { start, calmFrom }: Pick<Plot, 'start' | 'calmFrom'>): Scene[] {
  return Array.from({ length: random.from(2, 6) }, (): Forgery => {
    const at = start + random.below(calmFrom - start)
    const until = Math.min(calmFrom, at + random.of([1, 10, 120, 600]) * minute)
    const every = Math.max(random.of([20, 300, 4000]), Math.floor((until - at) / 1500))
    return { at, do: 'forge', until, every, about: random.of(['nothing', 'stays', 'messages', 'everything'] as const) }
  })
}

/** One after the other, as the intake marks what it is pointed at. Whoever knows no secret can say no more than "look there". */
export function forge(world: World, scene: Forgery, random: Random): void {
  const { schedule, queue, tenantId } = world
  const next = () => {
    if (schedule.now >= scene.until) return
    schedule.begin(async () => await queue.mark(tenantId, [made(world, scene, random)], [], schedule.instant()))
    schedule.at(schedule.now + scene.every, next)
  }
  next()
}

const unknown = 'made-up '

function made({ ids, bookings }: World, { about }: Forgery, random: Random): Mark {
  const stays = [...bookings.stays.keys()]
  const strange = [`${random.below(20)}`, '__proto__', '../S1', 'S1 ', "'--", '\u0000', 'é'.repeat(200)]
  switch (about) {
    case 'everything':
      return { kind: 'connection', key: ids.source, why: 'nudge' }
    case 'messages':
      return { kind: 'fetch', key: `${ids.sms}/${unknown}${random.of(strange)}`, why: 'nudge' }
    case 'nothing':
      return { kind: 'fetch', key: `${ids.source}/${unknown}${random.of(strange)}`, why: 'nudge' }
    case 'stays':
      return { kind: 'fetch', key: `${ids.source}/${stays.length === 0 ? unknown : random.of(stays)}`, why: 'nudge' }
  }
}

/** D6: who knows no secret makes hubs look, no faster than the spacing lets them, and nothing else comes of it. */
export function forgeryJudge({ truth, queue }: World): Judge {
  const last = new Map<string, number>()

  /** What is looked for and not found leads to nothing. */
  function judgeEffects({ key }: Look, { marks = [], timers = [], raise = [], timeline = [] }: Effects): void {
    if (!key.includes(unknown)) return
    const effects = [...marks, ...timers, ...raise, ...timeline]
    truth.check('D6', effects.length === 0, () => `Something comes of a webhook about what there is not: ${key}.`)
  }

  return {
    claimed: (_process, { kind, key, why }) => {
      if (why !== 'nudge') return
      const name = `${kind} ${key}`
      const before = last.get(name)
      last.set(name, truth.now)
      truth.check('D6', before === undefined || truth.now - before >= limits.nudgeSpacing, () => {
        return `Nudges alone made a hub look twice at one ${kind} within ${truth.now - (before ?? 0)} ms.`
      })
    },
    stored: (name, args) => {
      if (name.startsWith('save')) judgeEffects(args[0] as Look, args.at(-1) as Effects) // as the port says
      if (name !== 'saveBookings') return
      const { bookings } = args[1] as FoundBookings // as the port says
      const strange = bookings.find(({ ref }) => !truth.bookings.stays.has(ref))
      truth.check('D6', strange === undefined, () => 'A booking is stored that no booking system has.')
    },
    writeAsked: (keypad, { mark }) => {
      truth.check('D6', truth.owners.has(mark ?? ''), () => `${keypad.id} is given a code that is no stay's.`)
    },
    ended: () => {
      if (!(queue instanceof MemoryQueue)) return
      const left = queue.keys().filter(({ key, dueAt }) => {
        return key.includes(unknown) && (dueAt === undefined || millisecondsOf(dueAt) > truth.now + minute)
      })
      truth.check('D6', left.length === 0, () => `${left.length} keys that somebody made up stay in the queue.`)
    },
  }
}
