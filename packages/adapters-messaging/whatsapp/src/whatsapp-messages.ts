import {
  between,
  type Instant,
  type Notifier,
  type OpenContext,
  type OutgoingMessage,
  type SendReceipt,
  type SendRefusal,
} from '@stayward/core/adapter'
import { codesFor } from './template-languages.ts'
import { templateMessage, templateNameOf } from './templates.ts'
import { readWhatsAppAccount } from './whatsapp-account.ts'
import { type MessageBody, type Submitted, whatsAppApi } from './whatsapp-api.ts'
import type { WhatsAppConfig } from './whatsapp-config.ts'
import { failureOf, meaningOf } from './whatsapp-errors.ts'
import { isE164 } from './whatsapp-numbers.ts'

/** Characters (docs/vendors/whatsapp.md, sending). */
export const textMaxLength = 4096
/** A day after the person wrote, less five minutes for the way of message and webhook. */
export const freeFor = 24 * 3_600_000 - 5 * 60_000
/** Meta drops what it cannot deliver in a template's time and says nothing; the README asks for this time. */
export const expiresAfter = 12 * 3_600_000
export const mostChoices = 3
const choiceText = { body: 1024, title: 20, id: 256 }

export function openWhatsApp({ config, fetch, clock }: OpenContext<WhatsAppConfig>): Notifier {
  const api = whatsAppApi(config, { fetch, clock })

  return {
    specVersion: 'v1',
    readAccount: (call) => readWhatsAppAccount(config, api, call),

    async send(message, call): Promise<SendReceipt> {
      const { key, to, replyTo } = message
      if (!isE164(to)) return refused('bad-address', 'The number needs "+" and the country code, without spaces.')
      // Judged now, not when the message was planned: the day may have ended since.
      const way = isFree(message, clock.now()) ? freeWords(message) : template(config, message)
      if ('status' in way) return way
      for (const [index, { body, wording }] of way.entries()) {
        const quoted = replyTo === undefined ? {} : { replyTo }
        const submitted = await api.submit({ key, to, body, ...quoted }, call)
        // The next language; nothing was accepted, so this is no second message.
        if (isUnknownTemplate(submitted) && index + 1 < way.length) continue
        return receiptOf(submitted, clock.now(), wording)
      }
      return refused('outside-window', 'There is no template in a language that can be used.')
    },

    markRead: (ref, call) => api.markRead(ref, call),
  }
}

/** One way to word a message; several are languages to try in turn. */
interface Wording {
  readonly body: MessageBody
  readonly wording?: string
}

function isFree({ heardAt }: OutgoingMessage, now: Instant): boolean {
  return heardAt !== undefined && between(heardAt, now) < freeFor
}

function freeWords({ text, choices = [] }: OutgoingMessage): SendReceipt | readonly Wording[] {
  if (text.trim() === '') return refused('bad-content', 'The text is empty.')
  if (text.length > textMaxLength) return refused('bad-content', tooLong(text, textMaxLength))
  if (choices.length === 0) return [{ body: { type: 'text', text: { preview_url: false, body: text } } }]
  if (text.length > choiceText.body) return refused('bad-content', tooLong(text, choiceText.body))
  const fits = choices.every(
    ({ id, title }) =>
      id.length >= 1 && id.length <= choiceText.id && title.trim() !== '' && title.length <= choiceText.title,
  )
  if (choices.length > mostChoices || !fits || new Set(choices.map(({ id }) => id)).size < choices.length)
    return refused(
      'bad-content',
      `At most ${mostChoices} different answers of ${choiceText.title} characters can be tapped.`,
    )
  const buttons = choices.map(({ id, title }) => ({ type: 'reply' as const, reply: { id, title } }))
  return [{ body: { type: 'interactive', interactive: { type: 'button', body: { text }, action: { buttons } } } }]
}

/** Answers to tap are part of a template itself, so they are left out here. */
function template(config: WhatsAppConfig, { content }: OutgoingMessage): SendReceipt | readonly Wording[] {
  const name = content && templateNameOf(config, content.kind)
  if (!content || name === undefined)
    return refused(
      'outside-window',
      'The person has not written within a day, and this connection has no template for this message.',
    )
  const named = config.templateParameters === 'named'
  return codesFor(config.templateLanguages, content.language).map((code) => ({
    body: { type: 'template', template: templateMessage({ name, code, named }, content) },
    wording: `as the template ${name} (${code})`,
  }))
}

function isUnknownTemplate(submitted: Submitted): boolean {
  return submitted.status === 'refused' && submitted.error.code === 132001
}

function receiptOf(submitted: Submitted, now: Instant, wording?: string): SendReceipt {
  if (submitted.status === 'refused') {
    const meaning = meaningOf(submitted.error)
    if (meaning.asks === 'message') return refused(meaning.reason, meaning.text)
    throw failureOf(submitted.error, now)
  }
  return {
    status: 'accepted',
    vendorRef: submitted.id,
    ...(submitted.held ? { held: true } : {}),
    ...(wording === undefined ? {} : { wording }),
  }
}

const refused = (reason: SendRefusal, detail: string): SendReceipt => ({ status: 'refused', reason, detail })

const tooLong = (text: string, most: number): string =>
  `The text has ${text.length} characters; WhatsApp takes ${most} here. Shorten the template of this message.`
