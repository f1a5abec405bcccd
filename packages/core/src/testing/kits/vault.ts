import { describe, expect, it } from 'vitest'
import type { Vault } from '../../ports/vault.ts'
import { calm, failureOf } from '../calls.ts'

/** A fresh vault as two processes have it, and another connection's. */
export interface OpenedVault {
  readonly vault: Vault
  readonly elsewhere: Vault
  readonly stranger: Vault
}

/** The contract of `Vault`. */
export function describeVault(name: string, open: () => Promise<OpenedVault>): void {
  describe(`${name} as a vault`, () => {
    it('is empty at first, and then holds what was kept last, in every process and for nobody else', async () => {
      const { vault, elsewhere, stranger } = await open()
      expect(await vault.read(calm)).toBeUndefined()
      expect(await vault.renew(async (kept) => `first after ${String(kept)}`, calm)).toBe('first after undefined')
      expect(await elsewhere.renew(async (kept) => `${String(kept)}, then 🔑`, calm)).toBe(
        'first after undefined, then 🔑',
      )
      expect(await vault.read(calm)).toBe('first after undefined, then 🔑')
      expect(await stranger.read(calm)).toBeUndefined()
    })

    it('renews one after the other: each is told what the one before has kept', async () => {
      const { vault, elsewhere } = await open()
      let inside = 0
      const renew = async (kept = '') => {
        expect(++inside, 'renewals at once').toBe(1)
        await new Promise((done) => setTimeout(done, 20))
        inside--
        return `${kept}x`
      }
      await Promise.all([vault, elsewhere, vault, elsewhere].map((each) => each.renew(renew, calm)))
      expect(await elsewhere.read(calm)).toBe('xxxx')
    })

    it('keeps what it has when a renewal fails, and lets the next one begin at once', async () => {
      const { vault, elsewhere } = await open()
      await vault.renew(async () => 'old', calm)
      const failure = new Error('the vendor did not answer')
      expect(await failureOf(vault.renew(() => Promise.reject(failure), calm))).toBe(failure)
      const started = performance.now()
      expect(await elsewhere.renew(async (kept) => `${String(kept)} and new`, calm)).toBe('old and new')
      expect(performance.now() - started).toBeLessThan(5_000)
    })

    it('can be read while it is renewed', async () => {
      const { vault, elsewhere } = await open()
      await vault.renew(async () => 'old', calm)
      await vault.renew(async () => {
        expect(await elsewhere.read(calm)).toBe('old')
        return 'new'
      }, calm)
      expect(await elsewhere.read(calm)).toBe('new')
    })

    it('does not begin under a signal that was aborted, and stops waiting at an abort', async () => {
      const { vault, elsewhere } = await open()
      const stopped = new Error('stopping')
      let begun = false
      const begin = async () => {
        begun = true
        return 'never'
      }
      expect(await failureOf(vault.renew(begin, { signal: AbortSignal.abort(stopped) }))).toBe(stopped)
      const abort = new AbortController()
      let left: Promise<unknown> = Promise.resolve()
      await vault.renew(async () => {
        left = failureOf(elsewhere.renew(begin, { signal: abort.signal })) // some leave the line only at their turn
        abort.abort(stopped)
        return 'kept'
      }, calm)
      expect(await left).toBe(stopped)
      expect(begun).toBe(false)
      expect(await vault.read(calm)).toBe('kept')
    })
  })
}
