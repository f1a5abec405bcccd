import { inTurn } from '../../adapter/in-turn.ts'
import type { Vault } from '../../ports/vault.ts'

/** A vault in this process's memory. `content` looks into it; handles of the same memory are the same vault. */
export function memoryVault(kept?: string): Vault & { readonly content: () => string | undefined } {
  let content = kept
  const turn = inTurn()
  return {
    content: () => content,
    read: async ({ signal }) => {
      signal.throwIfAborted()
      return content
    },
    renew: (renew, { signal }) =>
      turn(async () => {
        content = await renew(content)
        return content
      }, signal),
  }
}
