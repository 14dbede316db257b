# What people and machines run. Needs a JDK 25, any older JDK that Maven runs on, and Maven.
MVN ?= mvn -B

.PHONY: all build test demo fmt bench fuzz soak reference pictures clean

all: build

build: ## target/postroom.jar and target/lib
	$(MVN) -q -DskipTests package

test: ## everything that can fail; pictures of the pages are left in target/screenshots
	sh build-tools/chromium.sh
	$(MVN) verify

demo: ## Postroom with imaginary providers
	./postroom demo

fmt: ## lay the sources out
	$(MVN) -q validate -Dformat.mode=--apply

bench: build ## the rows of docs/develop/performance.md, on this machine; ROWS="quick relay" runs some of them
	$(MVN) -q dependency:build-classpath -Dmdep.outputFile=target/classpath
	"$$(./postroom --java)" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
	    -cp "target/test-classes:target/postroom.jar:$$(cat target/classpath)" postroom.bench.Bench $(ROWS)

fuzz: ## look for inputs that break a parser; the seed is printed, a failure prints its input
	$(MVN) -q test -Dtest='*FuzzTest' -Dfuzz.rounds=200000 -Dfuzz.seed=$$(date +%s)

soak: ## what takes long: three nodes and all that may happen to them, a million that wait, ten thousand who say nothing
	$(MVN) verify -Dtest=NoSuch -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.groups.excluded=none \
	    -Dit.test='ThreeNodesTest,BacklogTest,OperatingTest#ten_thousand*' -Dbacklog=1000000 \
	    -Djunit.jupiter.execution.parallel.enabled=false

reference: ## write the generated pages of docs/reference anew
	WRITE_REFERENCE=yes $(MVN) -q test -Dtest=ReferencePagesTest -Dformat.skip=true

pictures: ## take the pictures of README and docs anew, into docs/pictures
	sh build-tools/chromium.sh
	WRITE_PICTURES=yes $(MVN) -q test -Dtest=PicturesTest -Dformat.skip=true

clean:
	$(MVN) -q clean
