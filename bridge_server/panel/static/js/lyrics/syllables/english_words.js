/** English words whose syllables no rule finds, by how many they have. Sung forms are preferred: "fire" is one. */

const BY_COUNT = {
  1: "george priest tier pier isle isles eye eyes bye byes argh leagues louise vogue ooh aah whoa yeah hmm mmm shh mm juan seoul "
    + "aisle aisles choir",
  2: "being beings business evening evenings maybe haven't entire naked wicked sacred blessed hundred hundreds rugged jagged "
    + "crooked ragged hatred wretched kindred soldier soldiers premier quiet quiets diet diets giant giants riot riots lion "
    + "lions trial trials poem poems ruin ruins chaos leo neo leon theo joel noah noel joey cafe duo rio cuckoo reuse opera camera "
    + "chocolate favorite favorites favourite favourites wednesday wednesdays colonel catholic marriage carriage somewhat "
    + "create creates genre acre acres louis mister mr mrs missus ok argue argues argued sovereign naive naïve café "
    + "georgia russia persia asia react reacts cruel fuel duel jewel jewels dial diamond diamonds dying lying flyer "
    + "heaven heavens seven evil chapel angel riddle rhythm rhythms prism parents kisses wishes roses aged toward towards",
  3: "everyone anyone behaviour element elements piano pianos everyday idea ideas area areas audio radio radios violet violets violin violins period "
    + "studio studios video videos patio romeo stereo rodeo museum museums theory theories poetry nuclear suicide employee employees finale recipe "
    + "recipes soviet parliament vegetable anime karate whoever however wherever whenever forever whatever together "
    + "another gabriel samuel daniel ariel oriel coincide simile safari family families memory memories history "
    + "victory mystery battery comedy tragedy melody lullaby lullabies adios vegetables heroine heroin beloved alien aliens julia "
    + "champion companion warrior warriors scorpion guardian guardians diego sierra vienna",
  4: "society variety anxiety karaoke apostrophe catastrophe experience european caribbean dandelion january february "
    + "coincidence marijuana california machiavelli territory ukulele coordinate cooperate",
  5: "mediterranean enthusiasm christianity university",
};

/** word → syllables */
export const LISTED = new Map(
  Object.entries(BY_COUNT).flatMap(([count, words]) => words.split(" ").map((word) => [word, Number(count)])),
);
