package aws

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"om-secret-exec/internal/providers"
)

const parameterPrefix = "arn:aws:ssm:eu-west-1:123456789012:parameter"

func TestParameterSelectors(t *testing.T) {
	tests := []struct {
		name, id, version, want string
		code                    providers.Code
	}{
		{name: "plain", id: "/a", want: "/a"},
		{name: "selector in the id", id: "/a:prod", want: "/a:prod"},
		{name: "version option", id: "/a", version: "3", want: "/a:3"},
		{name: "both the same", id: "/a:3", version: "3", want: "/a:3"},
		{name: "two versions", id: "/a:3", version: "4", code: providers.InvalidRef},
		{name: "ARN with an option", id: parameterPrefix + "/a", version: "3", want: parameterPrefix + "/a:3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cleanEnv(t)
			s := serve(t, func(request) (int, any) {
				return 200, object{"Parameter": object{"Name": "/a", "ARN": parameterPrefix + "/a", "Version": 3, "Value": "x,y"}}
			})
			got := readOne(t, openStore(t, ParameterStore(), withKey(s.URL)), tt.id, tt.version)
			if codeOf(got.Err) != tt.code {
				t.Fatalf("Read(%q, %q) = %v, want code %q", tt.id, tt.version, got.Err, tt.code)
			}
			if tt.code != "" {
				if len(s.requests) != 0 {
					t.Errorf("requests = %v, want none", s.requests)
				}
				return
			}
			want := []request{{Action: "GetParameter", Region: "eu-west-1", Body: object{"Name": tt.want, "WithDecryption": true}}}
			if diff := cmp.Diff(want, s.requests); diff != "" {
				t.Errorf("requests (-want +got)\n%s", diff)
			}
			if from := got.Secret.Source; string(got.Secret.Value) != "x,y" || from.Name != parameterPrefix+"/a" || from.Version != "3" || from.Place == "" {
				t.Errorf("Read(%q) = %q from %v, want %q from version 3 of /a", tt.id, got.Secret.Value, from, "x,y")
			}
		})
	}
}

func TestParameterBatch(t *testing.T) {
	cleanEnv(t)
	s := serve(t, func(request) (int, any) {
		return 200, object{
			"Parameters": []object{
				{"Name": "/b", "ARN": parameterPrefix + "/b", "Value": "2"},
				{"Name": "/a", "ARN": parameterPrefix + "/a", "Value": "1"},
				{"Name": "/hollow", "ARN": parameterPrefix + "/hollow"},
			},
			"InvalidParameters": []string{"/gone"},
		}
	})
	group := refs("/a", parameterPrefix+"/b", "/gone", "/hollow")
	got := openStore(t, ParameterStore(), withKey(s.URL)).Read(t.Context(), group)
	if string(got[0].Secret.Value) != "1" || string(got[1].Secret.Value) != "2" {
		t.Errorf("Read() = %q, %q, want 1, 2", got[0].Secret.Value, got[1].Secret.Value)
	}
	if err := got[2].Err; codeOf(err) != providers.NotFound || !err.Alone {
		t.Errorf("Read(/gone) = %v, want NOT_FOUND to be read alone", err)
	}
	if err := got[3].Err; codeOf(err) != providers.BadValue {
		t.Errorf("Read(/hollow) = %v, want BAD_VALUE", err)
	}
	want := object{"Names": []any{"/a", parameterPrefix + "/b", "/gone", "/hollow"}, "WithDecryption": true}
	if diff := cmp.Diff([]request{{Action: "GetParameters", Region: "eu-west-1", Body: want}}, s.requests); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

func TestParameterBatchDenied(t *testing.T) {
	cleanEnv(t)
	s := serve(t, func(r request) (int, any) {
		if r.Action == "GetParameters" {
			return 400, failure("AccessDeniedException", "User: x is not authorized to perform: ssm:GetParameters")
		}
		return 200, object{"Parameter": object{"Name": "/a", "Value": "v"}}
	})
	store := openStore(t, ParameterStore(), withKey(s.URL))
	group := many(25, "/p%d")
	for _, chunk := range store.Plan(group) {
		for i, r := range store.Read(t.Context(), chunk) {
			if codeOf(r.Err) != providers.PermissionDenied || !r.Err.Alone {
				t.Fatalf("Read(%q) in a batch = %v, want PERMISSION_DENIED to be read alone", chunk[i].ID, r.Err)
			}
			if r := store.Read(t.Context(), chunk[i:i+1])[0]; r.Err != nil {
				t.Errorf("Read(%q) alone = %v, want a value", chunk[i].ID, r.Err)
			}
		}
	}
	count := map[string]int{}
	for _, a := range s.actions() {
		count[a]++
	}
	if diff := cmp.Diff(map[string]int{"GetParameters": 3, "GetParameter": 25}, count); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}
