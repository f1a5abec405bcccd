import { describe, expect, it } from 'vitest'
import type { PortName, ProviderOf } from '../../ports/capabilities.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Call } from '../../ports/call.ts'
import { faults } from '../faults.ts'
import type { VendorFake } from '../vendor-fake.ts'
import { codeOfRead, expectFailure, judgeRead, judgeWait, judgeWrite } from './outcomes.ts'
import { calm, settled } from '../calls.ts'
import { type Opened, openSubject } from './open-subject.ts'
import { leaked } from './secret-scan.ts'
import type { Subject } from './subject.ts'

type Run<Port extends PortName> = (provider: ProviderOf[Port], call: Call) => Promise<unknown>

/** One operation of a port, tried under every fault. */
export interface Operation<Port extends PortName, Vendor> {
  readonly name: string
  readonly effect: 'read' | 'write'
  /** Does what has to be there first, without faults, and returns the call to try. */
  prepare(opened: Opened<Port, Vendor>): Promise<Run<Port>>
  /** How often the effect is there, looked at through a second, undisturbed instance. Writes only. */
  effects?(beside: Opened<Port, Vendor>): Promise<number>
}

/**
 * What every operation owes under every fault: the value or the failure of the outcome table, and one law above it: any
 * failure but `outcome-unknown` promises that nothing happened.
 *
 * Each fault meets every request of the operation in turn, and all requests after it. Which request carries the effect
 * is found out beforehand by looking at the vendor, so a sign-in or a read before the write is judged as what it is.
 */
export function describeFaults<Port extends PortName, Vendor extends VendorFake, Config>(
  subject: Subject<Port, Vendor, Config>,
  operations: readonly Operation<Port, Vendor>[],
  secrets: readonly string[],
): void {
  const hidden = [...subject.secrets, ...secrets]
  describe.each(operations)('$name under faults', (operation) => {
    const rehearsed = once(() => rehearse(subject, operation))

    for (const fault of faults) {
      const unfit = subject.unfit?.[fault]
      if (unfit !== undefined) {
        it(`${fault} does not fit: ${unfit}`, () => expect(unfit).not.toBe(''))
        continue
      }
      it(`${fault}: ${operation.effect === 'read' ? codeOfRead(fault) : 'says what is known and no more'}`, async () => {
        const { count, effectAt } = await rehearsed()
        for (let first = 0; first < count; first++) {
          const opened = openSubject(subject)
          const run = await operation.prepare(opened)
          let seen = 0
          opened.wire.failAll(fault, () => seen++ >= first)
          const outcome = await settled(run(opened.provider, calm))
          const now = opened.clock.now()
          opened.wire.heal()
          const where = `${fault} from request ${first + 1} of ${count} on`
          if (operation.effect === 'read') judgeRead(fault, outcome, where)
          else {
            const stage = first < effectAt ? 'before' : first === effectAt ? 'at' : 'after'
            judgeWrite(fault, outcome, { where, stage, effects: await look(subject, operation, opened) })
          }
          expect(opened.wire.calls.map(({ request }) => new URL(request.url).hostname)).not.toContain(
            'elsewhere.example',
          )
          if (outcome.kind === 'error') {
            expect(leaked(outcome.error, hidden), `${where}: a secret in the error`).toBeUndefined()
            judgeWait(fault, outcome.error, now, where)
            if (operation.effect === 'read') await run(opened.provider, calm) // works again once the fault is over
          }
        }
      })
    }

    it('after one refusal of its credentials either signs in again and does it once, or fails as auth', async () => {
      const { count } = await rehearsed()
      for (let only = 0; only < count; only++) {
        const opened = openSubject(subject)
        const run = await operation.prepare(opened)
        let seen = 0
        opened.wire.failNext('unauthorized', () => seen++ === only)
        const outcome = await settled(run(opened.provider, calm))
        if (outcome.kind === 'error') expectFailure(outcome, ['auth'], `401 at request ${only + 1} of ${count}`)
        if (operation.effect === 'write')
          expect(await look(subject, operation, opened)).toBe(outcome.kind === 'value' ? 1 : 0)
      }
    })

    it('ends promptly when it is aborted, and not as a failure of the vendor', async () => {
      const { count } = await rehearsed()
      for (let first = 0; first < count; first++) {
        const opened = openSubject(subject)
        const run = await operation.prepare(opened)
        const abort = new AbortController()
        let seen = 0
        const hanging = new Promise<void>((reached) => {
          opened.wire.failAll('hang', () => {
            const hangs = seen++ >= first
            if (hangs) reached()
            return hangs
          })
        })
        const outcome = settled(run(opened.provider, { signal: abort.signal }))
        await Promise.race([hanging, outcome])
        abort.abort(new Error('the look lost its lease'))
        const ended = await within(2000, outcome, `request ${first + 1} of ${count} went on after the abort`)
        expect(ended.kind, 'an aborted call rejects').toBe('error')
        if (ended.kind === 'error') expect(AdapterError.is(ended.error), 'an abort is no AdapterError').toBe(false)
      }
    })

    it('sends nothing under a signal that was aborted before', async () => {
      const opened = openSubject(subject)
      const run = await operation.prepare(opened)
      const before = opened.wire.calls.length
      const outcome = await settled(run(opened.provider, { signal: AbortSignal.abort(new Error('stopping')) }))
      expect(outcome.kind).toBe('error')
      if (outcome.kind === 'error') expect(AdapterError.is(outcome.error), 'an abort is no AdapterError').toBe(false)
      expect(opened.wire.calls.length).toBe(before)
    })

    it('fails as auth with credentials that the vendor refuses, and does nothing', async () => {
      const good = openSubject(subject)
      const run = await operation.prepare(good)
      const wrong = openSubject(subject, { config: subject.wrongConfig, beside: good })
      const outcome = await settled(run(wrong.provider, calm))
      expectFailure(outcome, ['auth'], 'wrong credentials')
      if (outcome.kind === 'error') expect(leaked(outcome.error, hidden), 'a secret in the error').toBeUndefined()
      if (operation.effect === 'write') expect(await look(subject, operation, good)).toBe(0)
    })
  })
}

interface Rehearsal {
  /** Requests the undisturbed operation makes. */
  readonly count: number
  /** Index of the request that carries the effect; `count` for reads. */
  readonly effectAt: number
}

async function rehearse<Port extends PortName, Vendor extends VendorFake, Config>(
  subject: Subject<Port, Vendor, Config>,
  operation: Operation<Port, Vendor>,
): Promise<Rehearsal> {
  const opened = openSubject(subject)
  const run = await operation.prepare(opened)
  const before = opened.wire.calls.length
  await run(opened.provider, calm)
  const count = opened.wire.calls.length - before
  if (count === 0) throw new Error(`${operation.name} asked the vendor nothing: it answers from memory`)
  if (operation.effect === 'read') return { count, effectAt: count }
  for (let effectAt = 0; effectAt < count; effectAt++) {
    const other = openSubject(subject)
    const again = await operation.prepare(other)
    if ((await look(subject, operation, other)) > 0)
      throw new Error(`${operation.name}: its effect is there before it is called`)
    let seen = 0
    other.wire.failAll('error-after', () => seen++ >= effectAt)
    await settled(again(other.provider, calm))
    if ((await look(subject, operation, other)) > 0) return { count, effectAt }
  }
  throw new Error(`${operation.name}: no request of it has an effect at the vendor`)
}

/** How often the vendor did it, asked through an instance that never met a fault. */
async function look<Port extends PortName, Vendor extends VendorFake, Config>(
  subject: Subject<Port, Vendor, Config>,
  operation: Operation<Port, Vendor>,
  opened: Opened<Port, Vendor>,
): Promise<number> {
  if (!operation.effects) throw new Error(`${operation.name}: a write needs a way to see whether it happened`)
  opened.wire.heal()
  return await operation.effects(openSubject(subject, { beside: opened }))
}

/** Fails instead of hanging when a promise outlives `milliseconds` of real time. */
async function within<T>(milliseconds: number, promise: Promise<T>, otherwise: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(otherwise)), milliseconds)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
