import type { Fault, OutcomeClass, Random } from '@stayward/core/testing'

/** What one request meets on its way. */
export interface Meeting {
  readonly fault?: Fault
  /** It is answered as a while ago. */
  readonly isStale?: true
  /** Milliseconds there and back, least and most. */
  readonly takes: readonly [number, number]
}

const everyday = [40, 400] as const
const patience = [15_000, 15_000] as const

const waits = ['wait-seconds', 'wait-date', 'wait-epoch', 'unavailable'] as const

/** The plot's class of a call as HTTP has it. */
const meetings: Partial<Record<OutcomeClass, Fault | readonly Fault[]>> = {
  unauthorized: 'unauthorized',
  'refused-forbidden': 'forbidden',
  busy: 'busy',
  'wait-seconds': waits,
  'wait-none': 'wait-none',
  'wait-absurd': 'wait-absurd',
  'error-before': 'error-before',
  'error-after': 'error-after',
  'timeout-before': 'timeout-before',
  'timeout-after': 'timeout-after',
  'reset-before': 'reset-before',
  'reset-after': 'reset-after',
  html: ['html', 'redirect'],
  cut: 'cut',
  'drift-missing': 'empty',
  tls: 'tls',
  dns: 'dns',
}

/** Classes of calls that can happen to a request. The others are the doing of a vendor that its fake is too honest for. */
export const httpClasses: ReadonlySet<OutcomeClass> = new Set([
  ...(Object.keys(meetings) as OutcomeClass[]), // its own keys
  'ok-late',
  'stale',
])

export function meetingOf(as: OutcomeClass, random: Random): Meeting {
  if (as === 'ok-late') return { takes: [5000, 14_000] }
  if (as === 'stale') return { isStale: true, takes: everyday }
  const met = meetings[as]
  if (met === undefined) return { takes: everyday }
  const fault = typeof met === 'string' ? met : random.of(met)
  return { fault, takes: fault.startsWith('timeout') ? patience : everyday }
}
