/** Syllables of real words, in every language that has rules of its own, and of whole lines. */

import assert from "node:assert/strict";
import { test } from "node:test";

const { languageOfScript, syllablesOf } = await import(`${process.env.PANEL_JS}/lyrics/syllables/count.js`);

/** language → "word:count …" by hand, from dictionaries and from how they are sung. */
const WORDS = {
  en: "yesterday:3 heart:1 fire:1 loving:2 every:2 everything:3 rhythm:2 lonely:2 I'll:1 couldn't:2 haven't:2 runnin':2 beautiful:3 creation:3 quiet:2 "
    + "you're:1 24:3 1999:9 poetry:3 heaven:2 little:2 wanted:2 loved:1 goodbye:2 tonight:2 rolling:2 candles:2 UFO:3 roses:2 breathe:1 world's:1 kisses:2 "
    + "forever:3 something:2 crying:2 playing:2 lion:2 science:2 naked:2 million:2 ocean:2 people:2 eyes:1 asked:1 created:3 reality:4 hallelujah:4 neon:2 pigeon:2 idea:3 area:3",
  de: "Träume:2 Herz:1 Liebe:2 Sehnsucht:2 Familie:4 Ferien:3 Himmel:2 Feuer:2 schauen:2 beenden:3 beide:2 geehrt:2 Museum:3 Ideen:3 Seen:2 Melodie:3 "
    + "Nation:2 Sonnenschein:3 Augenblick:3 zwei:1 neue:2 Knie:1 Ewigkeit:3 Geheimnis:3 geübt:2 nie:1 Bäume:2 Häuser:2 Theater:3 ruhig:2 Ruinen:3 "
    + "ziehen:2 wär's:1 hab's:1 24:4 überall:3",
  fr: "chanson:2 lumière:2 rêvent:1 étoile:2 bien:1 nuit:1 oui:1 théâtre:2 vie:1 l'amour:2 j'aime:1 souvent:2 toujours:2 chantent:1 étaient:2 oublier:3 "
    + "crier:2 jouer:2 soleil:2 feuille:1 fille:1 Noël:2 pays:2 voyage:2 moment:2 doucement:3 cœur:1 yeux:1 mieux:1 eau:1 oiseau:2 mangeons:2 quand:1 "
    + "que:1 guitare:2 août:1 créer:2 passion:2 travail:2 famille:2 nuage:2 seule:1 pluie:1 je:1 les:1 aujourd'hui:3 où:1 années:2",
  es: "corazón:3 canción:2 ahora:3 guitarra:3 que:1 quiero:2 cielo:2 vida:2 día:2 río:2 agua:2 baile:2 ciudad:2 poesía:4 rey:1 muy:1 playa:2 pingüino:3 "
    + "hay:1 sueño:2 fuego:2 tiempo:2 aún:2 todavía:4 yo:1 y:1 oír:2 lluvia:2",
  it: "cielo:2 ciao:1 mia:2 amore:3 cuore:2 notte:2 storia:2 poesia:4 paura:3 guerra:2 quando:2 gioia:2 più:1 perché:2 ancora:3 viaggio:2 sogni:2 uomo:2 "
    + "chiaro:2 fuoco:2 aria:2 mai:1 noi:1 città:2 giorno:2 voglio:2 malinconia:5 aiuto:3 buio:2 lui:1",
  pt: "coração:3 dia:2 história:3 saudade:3 lua:2 água:2 violão:3 mãe:1 rainha:3 sair:2 praia:2 muito:2 quando:2 guitarra:3 noite:2 meu:1 não:1 canções:2 "
    + "viagem:3 maria:3 silêncio:3 céu:1 piano:3 ainda:3 caiu:2 meio:2 você:2 paixão:2 ruim:2 línguas:2 ao:1",
  nl: "geluid:2 meisje:2 zeeën:2 mooi:1 leeuw:1 nieuwe:2 huis:1 station:2 liefde:2 vrijheid:2 draaien:2 beëindigen:4 geen:1",
  sv: "himmel:2 kärlek:2 station:2 flicka:2 ögon:2",
  da: "hjerte:2 kærlighed:3 måne:2",
  fi: "yö:1 rakkaus:3 sydän:2 taivas:2 aurinko:3 tuuli:2 kaunis:2 yksin:2",
  pl: "miłość:2 niebo:2 dzień:1 serce:2 siebie:2 nauka:3",
  cs: "vlk:1 vítr:2 láska:2 prst:1 srdce:2 noc:1 mohl:2 louka:2",
  ru: "любовь:2 ночь:1 сердце:2 звезда:2 моя:2 в:0",
  uk: "кохання:3 її:2 сонце:2",
  tr: "sevgi:2 güneş:2 yıldız:2 aşkım:2",
  hu: "szerelem:3 éjszaka:3 hegy:1",
  el: "αγάπη:3 καρδιά:2 ουρανός:3 μια:1",
  hi: "ज़िंदगी:3 दिल:1 प्यार:1 सपना:2 आसमान:2 लड़की:2",
  ro: "inimă:3 lupi:1 soare:2 dragoste:3",
  id: "cinta:2 pantai:2 bulan:2",
  vi: "tình:1 yêu:1",
  ja: "さくら:3 きょう:2 がっこう:4 ラーメン:4 しゃしん:3 ゆめ:2",
  ko: "사랑해:3 마음:2 하늘:2",
  zh: "我爱你:3 月亮代表我的心:7",
  ar: "قَلْبِي:2",
};

for (const [language, words] of Object.entries(WORDS)) {
  test(`words in ${language}`, () => {
    for (const pair of words.split(" ")) {
      const at = pair.lastIndexOf(":");
      const [word, count] = [pair.slice(0, at), Number(pair.slice(at + 1))];
      assert.equal(syllablesOf(word, language).count, count, word);
    }
  });
}

test("whole lines", () => {
  const lines = [
    ["Amazing grace, how sweet the sound", "en", 8],
    ["Row, row, row your boat, gently down the stream", "en", 10],
    ["Freude, schöner Götterfunken", "de", 8],
    ["Au clair de la lune, mon ami Pierrot", "fr", 10],
    ["Cielito lindo, los corazones", "es", 10],
    ["O sole mio sta 'nfronte a te", "it", 10],
    ["さくら さくら やよいのそらは", "ja", 13],
    ["아리랑 아리랑 아라리요", "ko", 10],
    ["床前明月光，疑是地上霜", "zh", 10],
  ];
  for (const [line, language, count] of lines) assert.equal(syllablesOf(line, language).count, count, line);
});

test("what the writing does not show is not claimed", () => {
  assert.equal(syllablesOf("夜明けのうた", "ja").sure, false);
  assert.equal(syllablesOf("قلبي", "ar").sure, false);
  assert.equal(syllablesOf("Herz und Schmerz", "de").sure, true);
  assert.equal(syllablesOf("upendo wangu", "sw").sure, false);
});

test("letters tell the language where they can", () => {
  assert.deepEqual(["夜明けの", "사랑", "любовь", "月亮", "Herz"].map(languageOfScript), ["ja", "ko", "ru", "zh", ""]);
  assert.equal(syllablesOf("любовь").count, 2);
  assert.equal(syllablesOf("Baby 사랑해", "ko").count, 5);
});

test("punctuation, emoji and nothing at all", () => {
  assert.equal(syllablesOf("  — 🎵 …!").count, 0);
  assert.equal(syllablesOf("“Don’t stop!”, she said").count, 4);
  assert.deepEqual(syllablesOf("la la").words, [{ text: "la", count: 1 }, { text: "la", count: 1 }]);
});
