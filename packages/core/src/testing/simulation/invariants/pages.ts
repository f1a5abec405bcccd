import type { Alert } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import { hour, minute, type PagePlot } from '../plot.ts'
import { alertsIn } from '../store-site.ts'
import type { World } from '../world.ts'

/** How long an alarm may be on its way: to the texting service, and from there to the operator's phone. */
const onItsWay = 2 * minute

/** A person was called for this at `at`; the words were the alert's then, or became so while it was open. */
interface Page {
  readonly at: number
  readonly texts: Set<string>
}

/**
 * H2, the whole of it for one cause: the operator is called for it in time and once, in words that reach the phone, the alert
 * closes once the cause has ended, and nobody is called for anything else.
 */
export function pageJudge(world: World): Judge {
  const { plot, schedule, truth } = world
  const { pages = [] } = plot
  /** By `kind subject`; each time that it was opened and loud. */
  const paged = new Map<string, Page[]>()
  const alarms: string[] = []

  function raised({ kind, subject, text, loud }: Alert): void {
    const key = `${kind} ${subject}`
    if (loud !== 'page' && !isPaged(key)) return
    const before = paged.get(key) ?? []
    if (isPaged(key)) return void before.at(-1)?.texts.add(text)
    paged.set(key, [...before, { at: truth.now, texts: new Set([text]) }])
    open.add(key)
    const expected = pages.filter((page) => keyOf(world, page) === key)
    truth.check('H2', expected.length > 0, () => `A person was called for what nothing caused: ${kind}. ${text}`)
    for (const { notBefore } of expected)
      truth.check('H2', truth.now >= notBefore, () => `A person was called before there was a cause: ${kind}. ${text}`)
  }
  const open = new Set<string>()
  const isPaged = (key: string) => open.has(key)

  function judgeOpen(page: PagePlot): void {
    const [first] = paged.get(keyOf(world, page)) ?? []
    truth.check('H2', first !== undefined, () => `Nobody was called: ${page.kind}, ${page.about}.`)
    if (!first) return
    schedule.at(truth.now + onItsWay, () => {
      const heard = alarms.some((alarm) => [...first.texts].some((text) => alarm.includes(text)))
      truth.check('H2', heard, () => `The alarm did not reach the operator: ${page.kind}, ${page.about}.`)
    })
  }

  function judgeClosed(page: PagePlot): void {
    const isOpen = truth.alerts.has(keyOf(world, page))
    truth.check('H2', !isOpen, () => `The cause has ended, and the alert is still open: ${page.kind}, ${page.about}.`)
  }

  for (const page of pages) {
    schedule.at(page.openBy, () => judgeOpen(page))
    schedule.at(page.closeBy, () => judgeClosed(page))
  }

  return {
    stored: (name, args, answer) => {
      const { raise = [], settle = [] } = alertsIn(name, args, answer)
      for (const alert of raise) raised(alert)
      for (const { kind, subject } of settle) open.delete(`${kind} ${subject}`)
    },
    alarmed: ({ text }) => alarms.push(text),
    ended: () => {
      for (const [key, times] of paged)
        truth.check('H2', times.length === 1, () => {
          const at = times.map((page) => `${Math.round((page.at - plot.start) / minute)} min`)
          return `A person was called ${times.length} times for one cause: ${key} (${at.join(', ')}).`
        })
      const calls = [...paged.values()].flat().length
      truth.check('H2', alarms.length <= calls, () => `${alarms.length} alarms were sent for ${calls} calls.`)
      const left = [...open].filter((key) => truth.alerts.has(key))
      truth.check('H2', left.length === 0 || truth.now - plot.calmFrom < hour, () => `Still open: ${left.join(', ')}.`)
    },
  }
}

/** `kind subject`, as the hub calls what a plot says. */
function keyOf({ ids, truth }: World, { kind, about }: PagePlot): string {
  const [what = '', ...words] = about.split(' ')
  const [which, behind] = what === 'source' ? ['', words[0]] : words
  const more = behind === 'sms' ? `:${ids.sms}` : behind === 'source' ? `:${ids.source}` : behind ? `:${behind}` : ''
  switch (what) {
    case 'stay':
      return `${kind} booking:${truth.ids.get(which ?? '')}${more}`
    case 'door':
      return `${kind} device:${ids.devices.get(Number(which))}${more}`
    case 'lock':
      return `${kind} connection:${ids.locks[Number(which)]}`
    case 'source':
      return `${kind} connection:${ids.source}${more}`
    default:
      throw new RangeError(`nothing is called ${about}`)
  }
}
