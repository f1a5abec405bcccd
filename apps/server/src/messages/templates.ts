/**
 * The words a guest reads, as ICU messages. A tenant may replace any of them; what it leaves out stays as here.
 *
 * Arguments: `guestName` (with `named`: yes | no), `unit`, `property`, `from`, `until` (day and time on the property's
 * clock), `doors` (one line per door, made with `door.*`). In `door.*`: `number`, `name`, `enter`, `instruction` (with
 * `instructed`: yes | no).
 */
export const templateNames = [
  'door-code.subject',
  'door-code.letter',
  'door-code.plain',
  'change.subject',
  'change.letter',
  'change.plain',
  'withdrawal.subject',
  'withdrawal.letter',
  'withdrawal.plain',
  'door.enter',
  'door.open',
] as const

export type TemplateName = (typeof templateNames)[number]
export type Templates = Readonly<Record<TemplateName, string>>

const enter = '{number}. {name}: {enter}{instructed, select, yes { ({instruction})} other {}}'
const open = '{number}. {name}{instructed, select, yes {: {instruction}} other {}}'

const en: Templates = {
  'door-code.subject': 'Your way into {unit}',
  'door-code.letter': `{named, select, yes {Hello {guestName},} other {Hello,}}

this is your way into {unit}, {property}. It works from {from} until {until}.

{doors}

Have a good stay!`,
  'door-code.plain': `{named, select, yes {Hello {guestName}, your} other {Your}} way into {unit}, {property}, from {from} until {until}:
{doors}`,
  'change.subject': 'Changed: your way into {unit}',
  'change.letter': `{named, select, yes {Hello {guestName},} other {Hello,}}

something has changed. Please use only what stands here from now on: your way into {unit}, {property}, from {from} until {until}.

{doors}`,
  'change.plain': `Changed! Your way into {unit}, {property}, from {from} until {until}:
{doors}`,
  'withdrawal.subject': 'Your door code no longer works',
  'withdrawal.letter': `{named, select, yes {Hello {guestName},} other {Hello,}}

your booking of {unit}, {property}, is cancelled. The door code we sent you no longer works.`,
  'withdrawal.plain': 'Your booking of {unit}, {property}, is cancelled. The door code we sent you no longer works.',
  'door.enter': enter,
  'door.open': open,
}

const de: Templates = {
  'door-code.subject': 'Ihr Weg in {unit}',
  'door-code.letter': `{named, select, yes {Guten Tag {guestName},} other {Guten Tag,}}

so kommen Sie in {unit}, {property}. Es gilt von {from} bis {until}.

{doors}

Einen schönen Aufenthalt!`,
  'door-code.plain': `{named, select, yes {Guten Tag {guestName}, Ihr} other {Ihr}} Weg in {unit}, {property}, von {from} bis {until}:
{doors}`,
  'change.subject': 'Geändert: Ihr Weg in {unit}',
  'change.letter': `{named, select, yes {Guten Tag {guestName},} other {Guten Tag,}}

etwas hat sich geändert. Bitte nutzen Sie ab jetzt nur, was hier steht: Ihr Weg in {unit}, {property}, von {from} bis {until}.

{doors}`,
  'change.plain': `Geändert! Ihr Weg in {unit}, {property}, von {from} bis {until}:
{doors}`,
  'withdrawal.subject': 'Ihr Türcode gilt nicht mehr',
  'withdrawal.letter': `{named, select, yes {Guten Tag {guestName},} other {Guten Tag,}}

Ihre Buchung von {unit}, {property}, ist storniert. Der Türcode, den wir Ihnen geschickt haben, gilt nicht mehr.`,
  'withdrawal.plain':
    'Ihre Buchung von {unit}, {property}, ist storniert. Der Türcode, den wir Ihnen geschickt haben, gilt nicht mehr.',
  'door.enter': enter,
  'door.open': open,
}

const pl: Templates = {
  'door-code.subject': 'Wejście do {unit}',
  'door-code.letter': `{named, select, yes {Dzień dobry {guestName},} other {Dzień dobry,}}

oto wejście do {unit}, {property}. Działa od {from} do {until}.

{doors}

Miłego pobytu!`,
  'door-code.plain': `{named, select, yes {Dzień dobry {guestName}, wejście} other {Wejście}} do {unit}, {property}, od {from} do {until}:
{doors}`,
  'change.subject': 'Zmiana: wejście do {unit}',
  'change.letter': `{named, select, yes {Dzień dobry {guestName},} other {Dzień dobry,}}

coś się zmieniło. Od teraz prosimy korzystać tylko z tego: wejście do {unit}, {property}, od {from} do {until}.

{doors}`,
  'change.plain': `Zmiana! Wejście do {unit}, {property}, od {from} do {until}:
{doors}`,
  'withdrawal.subject': 'Kod do drzwi już nie działa',
  'withdrawal.letter': `{named, select, yes {Dzień dobry {guestName},} other {Dzień dobry,}}

rezerwacja {unit}, {property}, została anulowana. Przesłany kod do drzwi już nie działa.`,
  'withdrawal.plain': 'Rezerwacja {unit}, {property}, została anulowana. Przesłany kod do drzwi już nie działa.',
  'door.enter': enter,
  'door.open': open,
}

const fr: Templates = {
  'door-code.subject': 'Votre accès à {unit}',
  'door-code.letter': `{named, select, yes {Bonjour {guestName},} other {Bonjour,}}

voici votre accès à {unit}, {property}. Il est valable du {from} au {until}.

{doors}

Bon séjour !`,
  'door-code.plain': `{named, select, yes {Bonjour {guestName}, votre} other {Votre}} accès à {unit}, {property}, du {from} au {until} :
{doors}`,
  'change.subject': 'Modifié : votre accès à {unit}',
  'change.letter': `{named, select, yes {Bonjour {guestName},} other {Bonjour,}}

quelque chose a changé. N''utilisez désormais que ce qui suit : votre accès à {unit}, {property}, du {from} au {until}.

{doors}`,
  'change.plain': `Modifié ! Votre accès à {unit}, {property}, du {from} au {until} :
{doors}`,
  'withdrawal.subject': 'Votre code ne fonctionne plus',
  'withdrawal.letter': `{named, select, yes {Bonjour {guestName},} other {Bonjour,}}

votre réservation de {unit}, {property}, est annulée. Le code que nous vous avons envoyé ne fonctionne plus.`,
  'withdrawal.plain':
    'Votre réservation de {unit}, {property}, est annulée. Le code que nous vous avons envoyé ne fonctionne plus.',
  'door.enter': enter,
  'door.open': open,
}

export const defaultTemplates: Readonly<Record<string, Templates>> = { en, de, fr, pl }
