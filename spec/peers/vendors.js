// What vendors' own libraries make of the same request or callback: node vendors.js WHAT JSON, where WHAT is the name of a
// function below. Writes one line of JSON. spec/functional/vendors_spec.lua compares it with the plugins.
'use strict';

// Sends a text through Aliyun's client to url, which is the spec's own server. given: { host, id, secret, query }.
async function aliyun({ host, id, secret, query }) {
  const { default: Client, Config, Params, OpenApiRequest } = require('@alicloud/openapi-client');
  const { RuntimeOptions } = require('@alicloud/tea-util');
  const client = new Client(new Config({ accessKeyId: id, accessKeySecret: secret, endpoint: host, protocol: 'HTTP' }));
  const params = new Params({ action: 'SendSms', version: '2017-05-25', protocol: 'HTTP', pathname: '/', method: 'POST',
    authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json' });
  const answer = await client.callApi(params, new OpenApiRequest({ query }), new RuntimeOptions({ autoretry: false }));
  return answer.body;
}

// Authorization of a request that somebody else made. given: { id, secret, query, headers }.
function aliyun_sign({ id, secret, query, headers }) {
  const { default: Util } = require('@alicloud/openapi-util');
  const request = { method: 'POST', pathname: '/', query, headers };
  return { authorization: Util.getAuthorization(request, 'ACS3-HMAC-SHA256', headers['x-acs-content-sha256'], id, secret) };
}

// The same through Tencent Cloud's. given: { host, id, secret, region, fields }.
async function tencent({ host, id, secret, region, fields }) {
  const { Client } = require('tencentcloud-sdk-nodejs-sms').sms.v20210111;
  const client = new Client({ credential: { secretId: id, secretKey: secret }, region,
    profile: { httpProfile: { endpoint: host, protocol: 'http://' } } });
  return client.SendSms(fields);
}

// given: { url, id, secret, seconds, type, body }.
function tencent_sign({ url, id, secret, seconds, type, body }) {
  const { default: Sign } = require('tencentcloud-sdk-nodejs-common/tencentcloud/common/sign');
  return { authorization: Sign.sign3({ method: 'POST', url, payload: Buffer.from(body), timestamp: seconds, service: 'sms',
    secretId: id, secretKey: secret, headers: { 'Content-Type': type } }) };
}

// A callback of WeChat's in secure mode, sealed and signed. given: { token, aes_key, appid, timestamp, nonce, xml }.
function seal({ token, aes_key, appid, timestamp, nonce, xml }) {
  const crypto = require('@wecom/crypto');
  const encrypted = crypto.encrypt(aes_key, xml, appid);
  return { encrypted, msg_signature: crypto.getSignature(token, timestamp, nonce, encrypted),
    signature: crypto.getSignature(token, timestamp, nonce, '') };
}

// The same by another author's hand.
function seal_again({ token, aes_key, appid, timestamp, nonce, xml }) {
  const Crypto = require('wechat-crypto');
  const crypto = new Crypto(token, aes_key, appid);
  const encrypted = crypto.encrypt(xml);
  return { encrypted, msg_signature: crypto.getSignature(timestamp, nonce, encrypted),
    signature: crypto.getSignature(timestamp, nonce, '') };
}

const [what, given] = process.argv.slice(2);
Promise.resolve({ aliyun, aliyun_sign, tencent, tencent_sign, seal, seal_again }[what](JSON.parse(given)))
  .then((answer) => console.log(JSON.stringify(answer)))
  .catch((error) => { console.error(error.stack); process.exit(1); });
