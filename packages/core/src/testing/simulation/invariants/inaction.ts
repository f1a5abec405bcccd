import { millisecondsOf } from '../../../domain/instant.ts'
import type { Effects } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import { day, forgottenIn, hour, minute, pushAhead } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { doorsOf, type Stay, textOf, windowOf } from '../world/stays.ts'

/** H5: for every stay without a code or a word that its state would suggest, the timeline says why, and what a person can do. */
export function inactionJudge(truth: Truth): Judge {
  const { house, profile } = truth.plot
  /** By booking, when which kind of line with a remedy was last said. */
  const said = new Map<string, Map<string, number>>()

  function judge(stay: Stay): void {
    const known = knownSince(stay)
    if (known === undefined || truth.isBraked(stay)) return
    const lack = lackOf(stay)
    if (lack === undefined) return
    const since = Math.max(known, ...forgottenIn(truth.plot).map(({ until }) => until))
    const lines = [...(said.get(truth.ids.get(stay.ref) ?? '') ?? [])].filter(([, at]) => at >= since)
    const isRaised = truth.isRaised(stay, 'arrival', 'message', 'pin', 'booking')
    const isExplained = lines.some(([kind]) => lack.kinds === undefined || lack.kinds.includes(kind))
    truth.check('H5', isExplained || (lack.kinds === undefined && isRaised), () => {
      return `${stay.ref} ${lack.text}, and its timeline does not say why and what helps.`
    })
  }

  /** When the hub first stored what it works by now; booking systems say the same again as they like, and old states between. */
  function knownSince({ commits }: Stay): number | undefined {
    let newest = 0
    const news = commits.filter(({ version: { number } }) => {
      const isNew = number >= newest
      newest = Math.max(newest, number)
      return isNew
    })
    const texts = news.map(({ version }) => textOf(version.facts))
    return news[texts.findLastIndex((text) => text !== texts.at(-1)) + 1]?.at
  }

  /** What is not done, and the kinds of lines that would explain it; any with a remedy when it may have many reasons. */
  function lackOf(stay: Stay): { readonly text: string; readonly kinds?: readonly string[] } | undefined {
    const { facts } = stay.now
    if (facts.state !== 'confirmed') return { text: `is ${facts.state} and gets nothing`, kinds: ['ended', 'held'] }
    const { from, until } = windowOf(facts, house)
    if (Math.abs(until - truth.now) <= 5 * minute) return undefined // the look at its end may be under way
    if (until <= truth.now) return { text: 'is over', kinds: ['ended', 'held'] }
    if (from - pushAhead > truth.now && !hasCodes(stay)) return { text: 'is far away', kinds: ['too-early', 'held'] }
    if (from - pushAhead > truth.now - 30 * minute) return undefined
    if (!hasCodes(stay)) return { text: 'has no code at some door' }
    const isTold = truth.lastTold(stay) !== undefined || truth.underWay.has(stay.ref)
    return isTold || from - 4 * hour > truth.now ? undefined : { text: 'was told nothing' }
  }

  function hasCodes(stay: Stay): boolean {
    return doorsOf(stay.now.facts, house).every((door) => {
      const keypad = truth.keypads[door]
      // What somebody has done there nobody may have seen yet.
      if (!keypad || truth.foundBy(keypad) > truth.now - hour) return true
      return [...keypad.cloud.values()].some(({ mark }) => truth.owners.get(mark ?? '')?.stay === stay)
    })
  }

  return {
    stored: (_name, args) => {
      const { timeline, now } = (args.at(-1) ?? {}) as Partial<Effects> // the last word of every save; others have no timeline
      if (!timeline || !now) return
      for (const { bookingId, kind, remedy } of timeline) {
        if (remedy === undefined) continue
        const lines = said.get(bookingId) ?? new Map<string, number>()
        said.set(bookingId, lines.set(kind, millisecondsOf(now)))
      }
    },
    ended: () => {
      if (profile === 'dead-hub') return
      for (const stay of truth.bookings.stays.values())
        if (stay.now.at < truth.now - hour && windowOf(stay.now.facts, house).until > truth.now - day) judge(stay)
    },
  }
}
