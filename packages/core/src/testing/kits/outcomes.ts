import { expect } from 'vitest'
import { between, type Instant } from '../../domain/instant.ts'
import { AdapterError, type FailureCode } from '../../ports/adapter-error.ts'
import type { Fault } from '../faults.ts'
import type { Settled } from '../calls.ts'

/** What a read, or a request before any effect, has to become. */
export function codeOfRead(fault: Fault): FailureCode {
  switch (fault) {
    case 'unauthorized':
    case 'forbidden':
      return 'auth'
    case 'wait-seconds':
    case 'wait-date':
    case 'wait-epoch':
    case 'wait-absurd':
    case 'wait-none':
    case 'unavailable':
    case 'busy':
      return 'rate-limited'
    case 'error-before':
    case 'error-after':
    case 'timeout-before':
    case 'timeout-after':
    case 'reset-before':
    case 'reset-after':
    case 'dns':
    case 'tls':
    case 'hang':
      return 'unreachable'
    case 'html':
    case 'echo':
    case 'cut':
    case 'empty':
    case 'endless':
    case 'redirect':
      return 'bad-response'
  }
}

/** Faults of which the caller knows that nothing was done. */
const harmless = new Set<Fault>([
  'unauthorized',
  'forbidden',
  'wait-seconds',
  'wait-date',
  'wait-epoch',
  'wait-absurd',
  'wait-none',
  'unavailable',
  'busy',
  'dns',
  'tls',
])

export function expectFailure(outcome: Settled, codes: readonly FailureCode[], where: string): void {
  if (outcome.kind === 'value')
    expect.fail(`${where}: resolved to ${JSON.stringify(outcome.value)} instead of ${codes.join(' or ')}`)
  const { error } = outcome
  if (!AdapterError.is(error)) throw new Error(`${where}: not an AdapterError`, { cause: error })
  expect(codes, where).toContain(error.code)
  expect(error.message, where).toMatch(/\S/)
  expect(error.remedy, `${where}: a person needs to know what to do`).toMatch(/\S/)
}

/** A list that is returned for a failure would end stays: a read gives what it read, or throws. */
export function judgeRead(fault: Fault, outcome: Settled, where: string): void {
  expectFailure(outcome, [codeOfRead(fault)], where)
}

export interface WriteUnderFault {
  readonly where: string
  /** Whether the first request that met the fault comes before, carries, or follows the effect. */
  readonly stage: 'before' | 'at' | 'after'
  /** How often the vendor has done it by now. */
  readonly effects: number
}

export function judgeWrite(fault: Fault, outcome: Settled, { where, stage, effects }: WriteUnderFault): void {
  expect(effects, `${where}: done more than once; only the work queue repeats`).toBeLessThanOrEqual(1)
  if (outcome.kind === 'value') {
    const { status } = outcome.value as { status?: unknown } // every write's value is a receipt; anything else fails below
    const said = `${where}: said ${String(status)}`
    if (stage === 'before') expect.fail(`${said}, but the vendor never heard of it`)
    // The vendor's status line said yes, and there was nothing to read: no proof, and no reason for doubt either.
    const plainYes = stage === 'at' && (fault === 'empty' || fault === 'cut')
    if (stage === 'at' && !plainYes) expect.fail(`${said} although the answer was no answer`)
    if (plainYes) expect(['accepted', undefined], said).toContain(status)
    else expect(effects, `${said}, but it is not there`).toBe(1)
    return
  }
  if (AdapterError.is(outcome.error) && outcome.error.code !== 'outcome-unknown')
    expect(effects, `${where}: "${outcome.error.code}" promises that nothing happened, but it did`).toBe(0)
  expectFailure(outcome, codesOfWrite(fault, stage), where)
}

function codesOfWrite(fault: Fault, stage: WriteUnderFault['stage']): readonly FailureCode[] {
  if (stage === 'after') return ['outcome-unknown']
  if (harmless.has(fault)) return [codeOfRead(fault)]
  if (stage === 'before') return [codeOfRead(fault), 'outcome-unknown']
  return fault === 'redirect' ? ['bad-response', 'outcome-unknown'] : ['outcome-unknown']
}

/** A vendor's wish to be left alone becomes an instant that is soon enough to be kept. */
export function judgeWait(fault: Fault, error: unknown, now: Instant, where: string): void {
  if (!AdapterError.is(error) || error.code !== 'rate-limited') return
  const { retryAt } = error
  if (retryAt === undefined) expect.fail(`${where}: rate-limited without an instant`)
  else {
    expect(between(now, retryAt), `${where}: retryAt`).toBeGreaterThanOrEqual(0)
    expect(between(now, retryAt), `${where}: retryAt`).toBeLessThanOrEqual(15 * 60_000)
    if (fault === 'wait-seconds' || fault === 'unavailable') expect(between(now, retryAt), where).toBe(7000)
  }
}
