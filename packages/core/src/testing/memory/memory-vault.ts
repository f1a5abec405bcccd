import type { Vault } from '../../ports/vault.ts'

/** A vault in this process's memory. `content` looks into it; handles of the same memory are the same vault. */
export function memoryVault(kept?: string): Vault & { readonly content: () => string | undefined } {
  let content = kept
  let last: Promise<unknown> = Promise.resolve()
  return {
    content: () => content,
    read: async ({ signal }) => {
      signal.throwIfAborted()
      return content
    },
    renew: async (renew, { signal }) => {
      const run = async () => {
        signal.throwIfAborted()
        content = await renew(content)
        return content
      }
      const mine = last.then(run)
      last = mine.catch(() => undefined) // whoever asked for it hears of it; the next one only waits for it
      return await mine
    },
  }
}
