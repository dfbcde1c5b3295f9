// A mobile operator on loopback that speaks SMPP 3.4, for Kannel to send through: node operator.js FATES, a JSON object of
// number → what becomes of a text to it: "DELIVRD" (also when nothing is said), "UNDELIV", "EXPIRED", "REJECTD": told by a
// receipt, where one was asked for; "refused": not taken at all; "part2-refused": of a text in parts the second is not taken.
// Says as lines of JSON: { port } once, then of each part { to, text, part, parts, asked, taken }.
'use strict';
const smpp = require('smpp');

const fates = JSON.parse(process.argv[2]);
const STATES = { DELIVRD: 2, EXPIRED: 3, UNDELIV: 5, REJECTD: 8 }; // message_state
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
let taken = 0;

// Which part of how many: the concatenation header of the text.
function place(udh) {
  const bytes = udh && udh[0];
  return bytes && bytes[0] === 0 ? { part: bytes[4], parts: bytes[3] } : { part: 1, parts: 1 };
}

function receipt(session, pdu, id, stat) {
  const date = '2603021400';
  session.deliver_sm({ source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 0x04,
    short_message: `id:${id} sub:001 dlvrd:${stat === 'DELIVRD' ? '001' : '000'} submit date:${date} done date:${date} stat:${stat} err:000 text:`,
    receipted_message_id: id, message_state: STATES[stat] });
}

function submitted(session, pdu) {
  const { udh, message } = pdu.short_message;
  const where = place(udh);
  const fate = fates[pdu.destination_addr] || 'DELIVRD';
  const refused = fate === 'refused' || (fate === 'part2-refused' && where.part === 2);
  const asked = (pdu.registered_delivery & 3) !== 0;
  say({ to: pdu.destination_addr, text: message, ...where, asked, taken: !refused });
  if (refused) return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
  const id = `op${++taken}`;
  session.send(pdu.response({ message_id: id }));
  if (asked) setTimeout(receipt, 30, session, pdu, id, STATES[fate] ? fate : 'DELIVRD');
}

const server = smpp.createServer({}, (session) => {
  for (const bind of ['bind_transceiver', 'bind_receiver', 'bind_transmitter']) {
    session.on(bind, (pdu) => session.send(pdu.response({ command_status: pdu.password === 'p4ss' ? 0 : smpp.ESME_RINVPASWD })));
  }
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  for (const other of ['unbind', 'enquire_link']) session.on(other, (pdu) => session.send(pdu.response()));
  session.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
process.on('SIGTERM', () => process.exit(0));
