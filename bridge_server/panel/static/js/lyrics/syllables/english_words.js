/** English words whose syllables no rule finds, by how many they have. Sung forms are preferred: "fire" is one. */

const BY_COUNT = {
  1: "george priest tier pier isle isles eye eyes bye byes goodbye's argh leagues louise vogue ooh aah whoa yeah hmm mmm shh mm juan seoul mr's "
    + "aisle aisles choir",
  2: "being beings business businesses's evening evenings maybe haven't entire video's naked wicked sacred blessed hundred hundreds rugged jagged "
    + "crooked ragged hatred wretched kindred forever's soldier soldiers premier frontier's quiet quiets diet diets giant giants riot riots lion "
    + "lions trial trials denial's poem poems ruin ruins chaos leo neo leon theo joel noah noel joey cafe duo trio's rio cuckoo reuse opera camera "
    + "chocolate family's favorite favorites favourite favourites different's wednesday wednesdays colonel catholic marriage carriage somewhat george's "
    + "create creates realm's genre acre acres louis mister mr mrs missus ok okay's argue argues argued sovereign genius's naive naïve café "
    + "recipe's georgia russia persia asia react reacts tv's cruel fuel duel jewel jewels real's dial diamond diamonds dying lying flyer "
    + "prayer's heaven heavens seven evil people's chapel angel riddle rhythm rhythms prism parents kisses wishes roses aged beloved's toward towards",
  3: "everyone anyone behaviour element elements piano pianos everyday european's idea ideas area areas audio radio radios violet violets violin violins period "
    + "studio studios video videos patio romeo stereo rodeo museum museums theory theories poetry nuclear suicide employee employees finale recipe "
    + "recipes soviet iris's parliament laboratory's catholics's vegetable anime karate whoever however wherever whenever forever whatever together "
    + "another gabriel samuel daniel ariel oriel coincide simile safari apology's everyone's everybody's family families memory memories history "
    + "victory mystery battery comedy tragedy melody lullaby lullabies adios vegetables heroine heroin diabetes's beloved alien aliens julia "
    + "champion companion warrior warriors scorpion guardian guardians australia's diego marijuana's sierra vienna dandelion's",
  4: "everybody's society variety anxiety karaoke apostrophe catastrophe experience european caribbean dandelion january february "
    + "coincidence marijuana louisiana's california machiavelli territory ukulele coordinate cooperate",
  5: "mediterranean enthusiasm christianity university",
};

/** word → syllables */
export const LISTED = new Map(
  Object.entries(BY_COUNT).flatMap(([count, words]) => words.split(" ").map((word) => [word, Number(count)])),
);
