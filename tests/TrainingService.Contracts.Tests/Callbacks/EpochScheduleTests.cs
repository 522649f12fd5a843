using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Callbacks;

public sealed class EpochScheduleTests
{
    [Theory]
    [InlineData("lr", 0, 0.1, 0.1)]
    [InlineData("0.1/(1+epoch)", 3, 9, 0.025)]
    [InlineData("lr if epoch<3 else lr*0.5", 2, 0.1, 0.1)]
    [InlineData("lr if epoch<3 else lr*0.5", 3, 0.1, 0.05)]
    [InlineData("1 if epoch < 2 else 2 if epoch < 4 else 3", 3, 0, 2)]
    [InlineData("1 if epoch < 2 else 2 if epoch < 4 else 3", 9, 0, 3)]
    [InlineData("0.5 ** (epoch // 10)", 25, 0, 0.25)]
    [InlineData("2 ** 3 ** 2", 0, 0, 512)]
    [InlineData("5 + -2 ** 2", 0, 0, 1)]
    [InlineData("2 ** -1", 0, 0, 0.5)]
    [InlineData("-7 // 2 + 10", 0, 0, 6)]
    [InlineData("-7 % 3", 0, 0, 2)]
    [InlineData("10 - 3 - 2", 0, 0, 5)]
    [InlineData("8 / 4 / 2", 0, 0, 1)]
    [InlineData("1 <= epoch < 3", 2, 0, 1)]
    [InlineData("1 <= epoch < 3", 3, 0, 0)]
    [InlineData("not epoch == 1 and epoch != 2", 3, 0, 1)]
    [InlineData("epoch > 5 or lr > 5", 1, 6, 1)]
    [InlineData("lr * math.exp(-0.1)", 0, 1, 0.9048374180359595)]
    [InlineData("max(0.1, min(1e-3, lr), .05)", 0, 7, 0.1)]
    [InlineData("learning_rate * (1 + ops.cos(pi * epoch / 10)) / 2", 5, 1, 0.5)]
    [InlineData("log(8, 2) + log(e) + sqrt(16) + abs(-1) + round(2.5) + int(3.9)", 0, 0, 14)]
    public void A_formula_means_what_it_means_in_Python(string formula, int epoch, double rate, double expected) =>
        Assert.Equal(expected, new EpochSchedule(formula).RateAt(epoch, rate), 1e-12);

    [Theory]
    [InlineData("")]
    [InlineData("1 +")]
    [InlineData("(1")]
    [InlineData("1 2")]
    [InlineData("epochs")]
    [InlineData("exp()")]
    [InlineData("exp(1, 2)")]
    [InlineData("pow(1)")]
    [InlineData("os.system(1)")]
    [InlineData("1 if 2")]
    [InlineData("lr; lr")]
    [InlineData("if")]
    [InlineData("1..2")]
    public void What_is_no_formula_is_refused(string formula) => Assert.Throws<SpecException>(() => new EpochSchedule(formula));

    [Fact]
    public void Nesting_has_an_end()
    {
        Assert.Throws<SpecException>(() => new EpochSchedule(new string('(', 400) + "1" + new string(')', 400)));
        Assert.Throws<SpecException>(() => new EpochSchedule("2" + string.Concat(Enumerable.Repeat("**2", 200))));
        Assert.Equal(300, new EpochSchedule("1" + string.Concat(Enumerable.Repeat("+1", 299))).RateAt(0, 0));
    }

    [Fact]
    public void A_rate_is_a_number_from_zero_up()
    {
        Assert.Throws<SpecException>(() => new EpochSchedule("-1").RateAt(0, 0));
        Assert.Throws<SpecException>(() => new EpochSchedule("0 / 0").RateAt(0, 0));
        Assert.Throws<SpecException>(() => new EpochSchedule([0.1]).RateAt(1, 0));
    }
}
