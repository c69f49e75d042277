package check

import (
	"slices"
	"strings"
	"sync"
)

// The codes, by what they are about: 0xx the file and its comments, 1xx
// references, 2xx the document, 3xx the workflow's shape and its server
// settings, 4xx settings, 5xx what a store answered.
const (
	notParsed       = "OMS001"
	ignoreMalformed = "OMS002"
	ignoreUnused    = "OMS003"

	refInvalid   = "OMS101"
	refBlank     = "OMS102"
	refBreak     = "OMS103"
	refID        = "OMS104"
	refLookAlike = "OMS105"
	refDefault   = "OMS106"
	refNoStore   = "OMS107"
	refExtended  = "OMS108"
	refKey       = "OMS109"
	refTagged    = "OMS110"
	fernetNoKey  = "OMS111"
	fernetToken  = "OMS112"
	refInside    = "OMS113"

	duplicateKey    = "OMS201"
	unquotedSecret  = "OMS202"
	secretMapping   = "OMS203"
	unknownTag      = "OMS204"
	variableUnset   = "OMS205"
	variableInside  = "OMS206"
	variableTwice   = "OMS207"
	maskedValue     = "OMS208"
	escapedNewlines = "OMS209"
	fileSuffix      = "OMS210"
	untypedPassword = "OMS211"

	providerUnknown = "OMS301"
	loaderUnknown   = "OMS302"
	serverRefused   = "OMS303"
	loaderNoop      = "OMS304"
	storedValues    = "OMS305"
	forcedValues    = "OMS306"
	providerStays   = "OMS307"
	notUpstream     = "OMS308"

	settingSpelling  = "OMS401"
	settingHalf      = "OMS402"
	settingZone      = "OMS403"
	settingMissing   = "OMS404"
	settingBlanks    = "OMS405"
	settingQuotes    = "OMS406"
	settingUnread    = "OMS407"
	settingFalse     = "OMS408"
	settingDangerous = "OMS409"
	settingFile      = "OMS411"
	settingUnusable  = "OMS412"
)

// The codes for whoever asks the stores: of one that cannot be, and of what the
// others answer.
const (
	BrokenStore = "OMS410"

	Absent     = "OMS501"
	Refused    = "OMS502"
	Unasked    = "OMS503"
	Unknowable = "OMS504"
	Unfit      = "OMS505"
	Doubtful   = "OMS506"
)

// isOnline tells the codes of what stores answer.
func isOnline(code string) bool { return strings.HasPrefix(code, "OMS5") }

// Rules returns the closed list, by code. Those of 5xx are found by whoever asks
// the stores.
func Rules() []Rule {
	return slices.Concat(fileRules(), referenceRules(), documentRules(), serverRules(), settingRules(), onlineRules())
}

// ruleOf has each rule under its code.
var ruleOf = sync.OnceValue(func() map[string]Rule {
	rules := map[string]Rule{}
	for _, r := range Rules() {
		rules[r.Code] = r
	}
	return rules
})

func fileRules() []Rule {
	return []Rule{
		{notParsed, Error, "the document cannot be read"},
		{ignoreMalformed, Error, "a comment asks to ignore findings and does not say which"},
		{ignoreUnused, Warning, "a comment ignores something that is not found there"},
	}
}

func referenceRules() []Rule {
	return []Rule{
		{refInvalid, Error, "the text of a reference is not valid"},
		{refBlank, Error, "a reference holds a blank or a line break"},
		{refBreak, Warning, "a line break ends a reference"},
		{refID, Error, "the store cannot hold a secret of this id"},
		{refLookAlike, Error, "a value looks like a reference and is none"},
		{refDefault, Warning, "default= puts a value into the document"},
		{refNoStore, Error, "there are references, and no provider to look them up"},
		{refExtended, Error, "a reference uses what OpenMetadata does not understand (--portable)"},
		{refKey, Error, "a reference is the key of a mapping"},
		{refTagged, Error, "a reference has a tag and is not resolved"},
		{fernetNoKey, Warning, "a value is Fernet encrypted, and there is no key"},
		{fernetToken, Error, "a Fernet encrypted value cannot be decrypted"},
		{refInside, Warning, "a reference stands inside a longer text and is not resolved"},
	}
}

func documentRules() []Rule {
	return []Rule{
		{duplicateKey, Warning, "a key is there twice"},
		{unquotedSecret, Error, "an unquoted secret: is followed by a blank, which is not YAML"},
		{secretMapping, Warning, "a mapping with the one key secret stands where a reference may be meant"},
		{unknownTag, Error, "OpenMetadata refuses the tag"},
		{variableUnset, Warning, "a variable is not set, so that its name stays in the value"},
		{variableInside, Warning, "a variable is expanded inside a value that looks like a password"},
		{variableTwice, Warning, "a variable's value holds another variable"},
		{maskedValue, Error, "a value is the mask that OpenMetadata's server shows instead of a secret"},
		{escapedNewlines, Warning, `a key in PEM format has \n as text instead of line breaks`},
		{fileSuffix, Warning, "OpenMetadata does not read a file of this name"},
		{untypedPassword, Warning, "a password is not text"},
	}
}

func serverRules() []Rule {
	return []Rule{
		{providerUnknown, Error, "there is no such provider"},
		{loaderUnknown, Error, "there is no such loader"},
		{serverRefused, Warning, "current OpenMetadata refuses this provider or loader"},
		{loaderNoop, Warning, "loader noop does not work with this provider"},
		{storedValues, Warning, "OpenMetadata may store the resolved values on its server"},
		{forcedValues, Error, "forceEntityOverwriting stores the resolved values on OpenMetadata's server"},
		{providerStays, Warning, "the provider cannot be taken out of this kind of workflow"},
		{notUpstream, Error, "OpenMetadata does not have this provider or loader (--portable)"},
	}
}

func settingRules() []Rule {
	return []Rule{
		{settingSpelling, Warning, "OpenMetadata does not read a setting of this name"},
		{settingHalf, Error, "half a credential is set"},
		{settingZone, Error, "an availability zone is set as the region"},
		{settingMissing, Error, "a setting that the store needs is missing"},
		{settingBlanks, Warning, "a setting has blanks around its value"},
		{settingQuotes, Warning, "a setting has quotes around its value"},
		{settingUnread, Warning, "loader airflow does not read a setting that is set"},
		{settingFalse, Warning, "a setting counts as false"},
		{settingDangerous, Warning, "a setting makes the connection unsafe"},
		{BrokenStore, Error, "a store that a reference names cannot be used"},
		{settingFile, Warning, "airflow.cfg is not found or not read as one may think"},
		{settingUnusable, Error, "the settings cannot be used"},
	}
}

func onlineRules() []Rule {
	return []Rule{
		{Absent, Error, "the store has no such secret, version or field, or it is disabled"},
		{Refused, Error, "the store refuses to answer"},
		{Unasked, Error, "the store could not be asked"},
		{Unknowable, Warning, "whether the secret is there cannot be told without reading it"},
		{Unfit, Error, "the secret is there, and its value cannot be used"},
		{Doubtful, Warning, "the secret's value is likely not what is meant"},
	}
}
