import type { Between } from '../src/demo/vendors.ts'
import type { VendorName } from '../src/demo/world-file.ts'
import { type FaultName, playFault } from '../test/hub/faults.ts'

/** A call by which the hub wanted to change something at a vendor, milliseconds since 1970. */
export interface Call {
  readonly what: 'sms' | 'letter' | 'code'
  /** The phone's digits, the booking's ref, or the lock and our mark. */
  readonly subject: string
  /** Which hub process made it. */
  readonly slot: number
  readonly at: number
  /** When the vendor had done its work. */
  doneAt?: number
  fault?: FaultName
  /** A code of this mark was there already. */
  again?: true
}

export interface Witness {
  readonly between: Between
  readonly calls: readonly Call[]
  /** How many calls there were, reads included. */
  met(): number
  /** How often each fault was played. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>
  /** From now on every vendor answers. */
  heal(): void
}

export interface WitnessOptions {
  readonly random: () => number
  /** Of all calls, how many meet a fault. */
  readonly share: number
  /** Whether the cloud has a code of this mark on this lock. */
  readonly holds: (lock: string, mark: string) => boolean
}

/** Most of these leave the hub in doubt whether the vendor did what it was asked for. */
const played: readonly FaultName[] = [
  '502 after the work',
  'cut off after the work',
  '500',
  'HTML instead of JSON',
  '429 with Retry-After',
  'silence after the work',
]

/** Stands at the vendors' doors: remembers what each hub process asked for, and breaks some of it. */
export function createWitness({ random, share, holds }: WitnessOptions): Witness {
  const calls: Call[] = []
  const faults: Partial<Record<FaultName, number>> = {}
  let ill = true
  let met = 0
  return {
    calls,
    faults,
    met: () => met,
    heal: () => (ill = false),
    between: async (vendor, request, answer, slot) => {
      met++
      const call = callOf(vendor, request.method, new URL(request.url).pathname, await request.clone().text(), slot)
      if (call) calls.push(call)
      if (call?.what === 'code' && holds(...splitMark(call.subject))) call.again = true
      const fault = ill && random() < share ? pick(vendor, random) : undefined
      if (fault) faults[fault] = (faults[fault] ?? 0) + 1
      if (call && fault) call.fault = fault
      const work = async () => {
        const response = await answer(request)
        if (call) call.doneAt = Date.now()
        return response
      }
      return fault ? await playFault(fault, work) : await work()
    },
  }
}

/** A silence lasts 15 s and holds up everything that waits for the same account, so it is rare. */
function pick(vendor: VendorName, random: () => number): FaultName {
  const fault = played[Math.floor(random() * played.length)] ?? '500'
  return fault === 'silence after the work' && (vendor === 'theKeys' || random() < 0.8) ? '500' : fault
}

const ourMark = /\bsw[0-9A-HJKMNP-TV-Z]{12}\b/i

function callOf(vendor: VendorName, method: string, path: string, body: string, slot: number): Call | undefined {
  const at = Date.now()
  switch (vendor) {
    case 'smsFactor': {
      const phone = path === '/send' ? /\b33\d{9}\b/.exec(body)?.[0] : undefined
      return phone === undefined ? undefined : { what: 'sms', subject: phone, slot, at }
    }
    case 'smoobu': {
      const ref = /\/reservations\/(\d+)\/messages\/send-message-to-guest$/.exec(path)?.[1]
      return ref === undefined || method !== 'POST' ? undefined : { what: 'letter', subject: ref, slot, at }
    }
    case 'theKeys': {
      const lock = /\/partage\/create\/(\d+)\//.exec(path)?.[1]
      const mark = ourMark.exec(decodeURIComponent(body))?.[0]
      if (lock === undefined || mark === undefined) return undefined
      return { what: 'code', subject: `${lock} ${mark}`, slot, at }
    }
  }
}

function splitMark(subject: string): [string, string] {
  const [lock = '', mark = ''] = subject.split(' ')
  return [lock, mark]
}
