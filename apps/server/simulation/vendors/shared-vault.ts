import type { Delay, Vault } from '@stayward/core'
import type { Process } from '@stayward/core/testing'

interface Holder {
  readonly process: Process
  readonly life: number
}

/** What is kept for a connection, and which process is renewing it: the row that a real hub locks. */
export interface KeptSecret {
  content?: string
  holder?: Holder
}

const askAgain = 200

/** The vault as one process has it. Whoever dies while renewing holds nothing any more. */
export function sharedVault(kept: KeptSecret, process: Process, delay: Delay): Vault {
  const own: Holder = { process, life: process.life }
  const isHeld = () => kept.holder !== undefined && kept.holder.process.life === kept.holder.life
  return {
    read: async ({ signal }) => {
      signal.throwIfAborted()
      return kept.content
    },
    renew: async (renew, { signal }) => {
      while (isHeld()) {
        await new Promise<void>((again) => void delay(askAgain, again))
        signal.throwIfAborted()
      }
      kept.holder = own
      try {
        const content = await renew(kept.content)
        kept.content = content
        return content
      } finally {
        delete kept.holder
      }
    },
  }
}
