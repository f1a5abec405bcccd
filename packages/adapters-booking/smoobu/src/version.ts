/** Of this package; a test compares it with package.json. Smoobu's firewall refuses nameless clients. */
export const version = '0.1.0'
