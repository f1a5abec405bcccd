import { createTurns, type Rate, type Turns } from '@stayward/core'
import { sharedBook, type VendorAccount } from './shared-book.ts'

/** Turns at one vendor account, shared by every process of the hub. */
export function sharedTurns(account: VendorAccount & { readonly rate: Rate }): Turns {
  return createTurns({ rate: account.rate, book: sharedBook(account), spread: Math.random })
}
