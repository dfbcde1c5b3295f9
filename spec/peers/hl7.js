// Sends one HL7 message by a client that nobody here wrote: node hl7.js CLIENT JSON, where CLIENT is medplum, node or simple, and JSON
// { port, message, encoding? }. Writes the acknowledgment as one line of JSON: { code, id, text }.
'use strict';

function read(message) {
  const msa = message.split('\r').find((line) => line.startsWith('MSA|')).split('|');
  return { code: msa[1], id: msa[2], text: msa[3] ?? '' };
}

async function medplum({ port, message, encoding }) {
  const { Hl7Client } = require('@medplum/hl7');
  const { Hl7Message } = require('@medplum/core');
  const client = new Hl7Client({ host: '127.0.0.1', port, encoding });
  const answer = await client.sendAndWait(Hl7Message.parse(message));
  await client.close();
  return read(answer.toString());
}

function node({ port, message }) {
  const { Client, Message } = require('node-hl7-client');
  const client = new Client({ host: '127.0.0.1' });
  return new Promise((done) => {
    const out = client.createConnection({ port }, (answer) => {
      done(read(answer.getMessage().toString()));
      out.close();
    });
    out.sendMessage(new Message({ text: message }));
  });
}

function simple({ port, message }) {
  const { tcp, Parser } = require('simple-hl7');
  return new Promise((done, fail) => {
    const client = require('simple-hl7').Server.createTcpClient('127.0.0.1', port);
    client.send(new Parser().parse(message), (error, answer) => {
      if (error) return fail(error);
      done(read(answer.log ? answer.log().replace(/\n/g, '\r') : answer.toString()));
      client.close();
    });
  });
}

const [, , name, given] = process.argv;
({ medplum, node, simple })[name](JSON.parse(given)).then((answer) => {
  console.log(JSON.stringify(answer));
  process.exit(0);
});
