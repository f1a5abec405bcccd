/** How an in-memory message vendor behaves. Times are milliseconds. */
export interface MemoryNotifierOptions {
  /** The adapter's id; the host name follows from it. */
  readonly id?: string
  readonly address?: 'phone' | 'email'
  readonly dedupesByKey?: boolean
  readonly looksUp?: boolean
  readonly readsReplies?: boolean
  readonly reportsDelivery?: boolean
  /** Its webhooks are all it ever says; it cannot be asked. */
  readonly listens?: boolean
  /** Free words are taken only this long after the person wrote. */
  readonly freeFor?: number
  readonly expiresAfter?: number
  readonly textMaxLength?: number
  /** From a send until it arrives and is reported as delivered. */
  readonly deliversAfter?: number
  /** From a send until a look-up shows it. */
  readonly showsAfter?: number
}

export type NotifierTraits = Required<Omit<MemoryNotifierOptions, 'id' | 'freeFor' | 'expiresAfter'>> &
  Pick<MemoryNotifierOptions, 'freeFor' | 'expiresAfter'>
