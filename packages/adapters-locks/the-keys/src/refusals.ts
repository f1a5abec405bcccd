import { AdapterError, type CodeToWrite, type WriteReceipt } from '@stayward/core/adapter'
import { type Refused, vendor } from './the-keys-api.ts'

/**
 * What the cloud refused, as a value. Which field it minds cannot be read from its answer: a new code may fit with another
 * PIN, while a code that a guest knows keeps its PIN, so there a person has to look.
 */
export function refusalOf(refused: Exclude<Refused, { is: 'absent' }>, code: CodeToWrite): WriteReceipt {
  const onCreate = code.vendorRef === undefined
  const reason = refused.is === 'conflict' ? 'pin-taken' : onCreate ? 'pin-not-allowed' : 'not-allowed'
  const detail = bareWords(refused.message, code)
  return { status: 'refused', reason, ...(detail === '' ? {} : { detail }) }
}

/** The cloud's words for people, without anything that could be the PIN, a phone or the guest's name. */
function bareWords(message: string, { label, mark }: CodeToWrite): string {
  return [mark, label, ...label.split(/\s+/)]
    .filter((word) => word.length > 1)
    .reduce((text, word) => text.replaceAll(word, '…'), message)
    .replaceAll(/\p{Nd}+/gu, '…')
    .slice(0, 200)
    .trim()
}

export function keypadGone(): AdapterError {
  return new AdapterError('gone', `${vendor} knows no such keypad on this lock.`, {
    remedy:
      'List the devices of this connection and give the door the id shown there, for example 7001/Kp7xQ2Za. ' +
      'The number of a keypad is not its id.',
  })
}

export function codeGone(): AdapterError {
  return new AdapterError('gone', `${vendor} no longer has the code that was to be changed.`, {
    remedy: 'Nothing to do: the hub reads the lock again and makes the code anew if it is still wanted.',
  })
}
