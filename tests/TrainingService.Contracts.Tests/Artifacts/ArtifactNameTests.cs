using TrainingService.Contracts.Artifacts;

namespace TrainingService.Contracts.Tests.Artifacts;

public sealed class ArtifactNameTests
{
    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("logs/train/events.out.tfevents.1700000000.trainer.12.0.v2")]
    [InlineData("a/b/c/d/e/f/g/h")]
    public void A_name_may_have_folders(string name) => Assert.True(ArtifactName.IsSafe(name));

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".hidden")]
    [InlineData("a/.hidden")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    [InlineData("C:/x")]
    [InlineData("a/b/c/d/e/f/g/h/i")]
    public void A_name_never_leads_elsewhere(string name) => Assert.False(ArtifactName.IsSafe(name));

    [Fact]
    public void A_name_has_an_end() => Assert.False(ArtifactName.IsSafe(new string('a', 201)));
}
